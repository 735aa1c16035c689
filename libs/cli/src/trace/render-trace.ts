/** A span as the platform shows it at `/traces/ID`. */
export interface Span {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isFailed: boolean;
}

export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

export interface TraceLine {
  readonly traceId: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly spanCount: number;
}

const barWidth = 24;
const milliseconds = (us: number) => `${(us / 1_000).toFixed(1)} ms`;

/** The last traces, a line each. */
export function renderTraces(lines: readonly TraceLine[]): string {
  if (lines.length === 0) return "no trace is kept yet: send a request first\n";
  return lines
    .map(({ traceId, name, startUs, durationUs, spanCount }) => {
      const at = new Date(startUs / 1_000).toISOString().slice(11, 23);
      return `${traceId}  ${at}  ${milliseconds(durationUs).padStart(11)}  ${String(spanCount).padStart(3)} spans  ${name}\n`;
    })
    .join("");
}

/** A trace as a waterfall: when each step began, how long it took, and what is worth knowing of it. */
export function renderTrace({ traceId, spans }: Trace): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const begin = Math.min(...spans.map(({ startUs }) => startUs));
  const end = Math.max(...spans.map(({ startUs, durationUs }) => startUs + durationUs));
  const scale = barWidth / Math.max(1, end - begin);
  const lines: string[] = [];
  const add = (span: Span, depth: number) => {
    const from = Math.min(barWidth - 1, Math.floor((span.startUs - begin) * scale));
    const length = Math.max(1, Math.min(barWidth - from, Math.round(span.durationUs * scale)));
    const bar = `${" ".repeat(from)}${"█".repeat(length)}`.padEnd(barWidth);
    const times = `${milliseconds(span.startUs - begin).padStart(11)} ${milliseconds(span.durationUs).padStart(11)}`;
    const remarks = remarksOn(span);
    lines.push(`${times}  ${bar}  ${"  ".repeat(depth)}${span.name}${remarks && `  ${remarks}`}`);
    for (const child of spans) if (child.parentSpanId === span.spanId) add(child, depth + 1);
  };
  for (const span of spans) if (!ids.has(span.parentSpanId)) add(span, 0);
  const head = `trace ${traceId}, ${milliseconds(end - begin)}`;
  return `${head}\n${`${"from".padStart(11)} ${"for".padStart(11)}`}\n${lines.join("\n")}\n`;
}

function remarksOn({ attributes, isFailed }: Span): string {
  const text = (name: string) => (attributes[name] === undefined ? "" : String(attributes[name]));
  const input = text("gen_ai.usage.input_tokens");
  const cost = text("switchyard.cost_usd_nanos");
  return [
    text("switchyard.model"),
    text("switchyard.reason") && `because ${text("switchyard.reason")}`,
    text("switchyard.cache.verdict") && `cache ${text("switchyard.cache.verdict")}`,
    input && `${input} + ${text("gen_ai.usage.output_tokens") || "0"} tokens`,
    cost && `${Number(cost) / 1e9} USD`,
    isFailed ? `FAILED ${text("error.type")}` : "",
  ]
    .filter((remark) => remark !== "")
    .join(", ");
}
