/** What a PromQL expression refers to. */
export interface References {
  /** Names of time series, each with the labels that it is selected by. */
  readonly series: ReadonlyMap<string, ReadonlySet<string>>;
  /** Labels that results are grouped by. */
  readonly grouped: ReadonlySet<string>;
}

const keywords = new Set(["and", "or", "unless", "by", "without", "on", "ignoring", "offset", "bool", "inf", "nan"]);

/** Finds names and labels in an expression; of its meaning it knows nothing. */
export function referencesOf(expression: string): References {
  const series = new Map<string, Set<string>>();
  const grouped = new Set<string>();
  const rest = expression
    .replace(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g, (_all, labels: string) => {
      for (const label of labels.split(",")) grouped.add(label.trim());
      return " ";
    })
    .replace(/\[[^\]]*\]/g, " ");
  const strings = /"(?:[^"\\]|\\.)*"/g;
  for (const [, name = "", call, matchers = ""] of rest
    .replace(strings, '""')
    .matchAll(/\b([a-zA-Z_:][\w:]*)(\s*\()?(?:\{([^}]*)\})?/g)) {
    if (call !== undefined || keywords.has(name.toLowerCase()) || /^\d/.test(name)) continue;
    const labels = series.get(name) ?? new Set<string>();
    for (const [, label = ""] of matchers.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)) labels.add(label);
    series.set(name, labels);
  }
  grouped.delete("");
  return { series, grouped };
}
