import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  TraceFlags,
  trace,
} from "@opentelemetry/api";

export { type Attributes, type Context, context, type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** The context to stand under; the active one if absent. */
  readonly parent?: Context;
}

const tracer = () => trace.getTracer("switchyard");

/** Starts a span without making it active. Whoever calls ends it, on every path, once. */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  const parent = options.parent ?? context.active();
  const unrecorded = unrecordedIn(parent);
  if (unrecorded !== undefined) return unrecorded;
  return tracer().startSpan(
    name,
    { kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {} },
    parent,
  );
}

/**
 * The span of a context whose trace this process has decided not to record: what stands under it would not be recorded either,
 * so it stands for all of that, at the cost of none. Undefined where the decision is another one, or still to be made.
 */
function unrecordedIn(parent: Context): Span | undefined {
  const above = trace.getSpan(parent);
  if (above === undefined || above.isRecording()) return undefined;
  const { traceFlags, isRemote } = above.spanContext();
  // A span that has ended records no more either, but belongs to a trace that is.
  return isRemote || (traceFlags & TraceFlags.SAMPLED) !== 0 ? undefined : above;
}

/** Runs `work` with a new active span that ends when the work does; a thrown error marks it. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T> | T): Promise<T> {
  const unrecorded = options.parent === undefined ? unrecordedIn(context.active()) : undefined;
  if (unrecorded !== undefined) return work(unrecorded);
  const span = startSpan(name, options);
  try {
    return await context.with(trace.setSpan(options.parent ?? context.active(), span), work, undefined, span);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed, with the error's stable reason where it has one; never with its message, which may quote a prompt. */
export function failSpan(span: Span, error: unknown): void {
  const type = (error as { reason?: string } | undefined)?.reason ?? (error as Error | undefined)?.name ?? "unknown";
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}

/** Adds an event to the active span, if there is one. */
export function addEvent(name: string, attributes: Attributes): void {
  trace.getActiveSpan()?.addEvent(name, attributes);
}

/** The active context with `span` in it. */
export function contextWith(span: Span, parent: Context = context.active()): Context {
  return trace.getSpan(parent) === span ? parent : trace.setSpan(parent, span);
}

/** The trace id of a context, or an empty string where nothing is traced. */
export function traceIdOf(of: Context = context.active()): string {
  const spanContext = trace.getSpanContext(of);
  return spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext.traceId : "";
}

/**
 * Steps through an async iterable inside a context. A generator's body runs in the context of whoever calls `next()`, not
 * in the one it was created in; without this, spans of a stream lose their parent.
 */
export function bindIterable<T>(within: Context, iterable: AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = iterable[Symbol.asyncIterator]();
      return {
        next: () => context.with(within, () => iterator.next()),
        return: async () => {
          await context.with(within, async () => iterator.return?.());
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Writes the active trace context (W3C) into a carrier. */
export function injectContext<Carrier>(carrier: Carrier, setter: TextMapSetter<Carrier>): void {
  propagation.inject(context.active(), carrier, setter);
}

/** The active context continued by the trace context (W3C) that a carrier holds. */
export function extractContext<Carrier>(carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
  return propagation.extract(context.active(), carrier, getter);
}
