/** What is exposed: the labels that were seen, by the name of the time series (`switchyard_overhead_bucket`). */
export type Exposition = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads a Prometheus scrape in its text format. */
export function readExposition(text: string): Exposition {
  const series = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set<string>();
    for (const [, label = ""] of labels.matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}
