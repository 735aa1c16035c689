import type { IncomingMessage, ServerResponse } from "node:http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AlwaysOffSampler, type SpanProcessor } from "@opentelemetry/sdk-trace";
import { type KeptTraces, keepTraces } from "./kept-traces.ts";

export interface Telemetry {
  /** Answers a Prometheus scrape. */
  /** The last traces, where they are kept. */
  readonly traces: KeptTraces | undefined;
  readonly scrape: (request: IncomingMessage, response: ServerResponse) => void;
  /** Flushes what is pending, at most for a few seconds, and stops. */
  shutdown(): Promise<void>;
}

const silent: SpanProcessor = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

/** Without an endpoint nothing is recorded, but every request still has a trace id: in its answer and in the log. */
const unexported = { sampler: new AlwaysOffSampler(), spanProcessors: [silent] };

/**
 * Starts the OpenTelemetry SDK. Everything beyond the service's name is said by the standard `OTEL_*` variables: nothing is
 * exported over OTLP unless an endpoint is set; a Prometheus scrape always works. No module is patched, so this may run
 * after imports; spans are the platform's own. The last `keep` traces stay in memory, unless they are exported.
 */
export function startTelemetry(serviceName: string, environment: NodeJS.ProcessEnv, keep = 0): Telemetry {
  const kept = keep > 0 ? keepTraces(keep) : undefined;
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const exports = (signal: "TRACES" | "METRICS" | "LOGS") =>
    Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT || environment[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]);
  const sdk = new NodeSDK({
    serviceName: environment.OTEL_SERVICE_NAME ?? serviceName,
    instrumentations: [],
    metricReaders: exports("METRICS")
      ? [
          prometheus,
          new PeriodicExportingMetricReader({
            exporter: new OTLPMetricExporter(),
            exportIntervalMillis: Number(environment.OTEL_METRIC_EXPORT_INTERVAL) || 60_000,
            exportTimeoutMillis: Number(environment.OTEL_METRIC_EXPORT_TIMEOUT) || 30_000,
          }),
        ]
      : [prometheus],
    // Left to itself, the SDK sends log records to this machine.
    ...(exports("LOGS") ? {} : { logRecordProcessors: [] }),
    ...(exports("TRACES") ? {} : kept ? { spanProcessors: [kept.processor] } : unexported),
  });
  sdk.start();
  return {
    traces: kept,
    scrape: (request, response) => prometheus.getMetricsRequestHandler(request, response),
    shutdown: async () => {
      const patience = new Promise<void>((resolve) => setTimeout(resolve, 5_000).unref());
      await Promise.race([sdk.shutdown(), patience]).catch(() => undefined);
    },
  };
}
