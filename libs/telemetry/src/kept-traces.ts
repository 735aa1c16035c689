import type { SpanProcessor } from "@opentelemetry/sdk-trace";

type EndedSpan = Parameters<SpanProcessor["onEnd"]>[0];

/** A span as it is shown. */
export interface ShownSpan {
  readonly spanId: string;
  /** Empty: the first of its trace, or its parent is another process's. */
  readonly parentSpanId: string;
  readonly name: string;
  /** Since the epoch. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isFailed: boolean;
}

/** One line about a trace. */
export interface TraceLine {
  readonly traceId: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly spanCount: number;
}

/** The last traces of this process, in memory. */
export interface KeptTraces {
  /** The newest first. */
  list(): readonly TraceLine[];
  /** The spans of the trace whose id begins so, the first to start first; undefined where there is none. */
  find(idBegin: string): { readonly traceId: string; readonly spans: readonly ShownSpan[] } | undefined;
}

/** Spans of one trace that are kept at most. */
const mostSpans = 1_000;

const microseconds = ([seconds, nanos]: readonly [number, number]) => seconds * 1e6 + nanos / 1e3;

/** Keeps the spans of so many traces; the trace that began to end longest ago goes first. */
export function keepTraces(limit: number): KeptTraces & { readonly processor: SpanProcessor } {
  const traces = new Map<string, EndedSpan[]>();
  const onEnd = (span: EndedSpan) => {
    const { traceId } = span.spanContext();
    const known = traces.get(traceId);
    if (known) return void (known.length < mostSpans && known.push(span));
    if (traces.size >= limit) for (const [oldest] of traces.entries().take(1)) traces.delete(oldest);
    traces.set(traceId, [span]);
  };
  return {
    processor: {
      onStart: () => undefined,
      onEnd,
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    },
    list: () => [...traces].map(([traceId, spans]) => lineOf(traceId, spans)).reverse(),
    find(idBegin) {
      const traceId = idBegin && traces.keys().find((id) => id.startsWith(idBegin));
      if (!traceId) return undefined;
      const spans = (traces.get(traceId) ?? []).map(shown).sort((one, other) => one.startUs - other.startUs);
      return { traceId, spans };
    },
  };
}

function lineOf(traceId: string, ended: readonly EndedSpan[]): TraceLine {
  const spans = ended.map(shown);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const root = spans.find(({ parentSpanId }) => !ids.has(parentSpanId)) ?? spans[0];
  const { name = "", startUs = 0, durationUs = 0 } = root ?? {};
  return { traceId, name, startUs, durationUs, spanCount: spans.length };
}

function shown(span: EndedSpan): ShownSpan {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
    name: span.name,
    startUs: microseconds(span.startTime),
    durationUs: microseconds(span.duration),
    attributes: span.attributes,
    isFailed: span.status.code === 2,
  };
}
