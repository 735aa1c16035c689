export type { KeptTraces, ShownSpan, TraceLine } from "./kept-traces.ts";
export { emitLogEvent } from "./log-events.ts";
export { createLogger, type Logger } from "./logger.ts";
export { createInstruments, type Instruments } from "./metrics.ts";
export { attribute, event, logEvent, metric, span } from "./names.ts";
export { startTelemetry, type Telemetry } from "./start.ts";
export {
  type Attributes,
  addEvent,
  bindIterable,
  type Context,
  context,
  contextWith,
  extractContext,
  failSpan,
  injectContext,
  inSpan,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  startSpan,
  traceIdOf,
} from "./tracing.ts";
