import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK, type NodeSDKConfiguration } from "@opentelemetry/sdk-node";

type SpanProcessor = NonNullable<NodeSDKConfiguration["spanProcessors"]>[number];

/** A span as the SDK hands it over when it ends. */
export type RecordedSpan = Parameters<SpanProcessor["onEnd"]>[0];

type LogRecordProcessor = NonNullable<NodeSDKConfiguration["logRecordProcessors"]>[number];

/** A log record as the SDK hands it over. */
export type RecordedLog = Parameters<LogRecordProcessor["onEmit"]>[0];

/** One measured value of a metric: a sum, or a histogram's count and sum. */
export interface RecordedPoint {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

export interface TelemetryRecorder {
  /** Every span that ended, in that order. */
  readonly spans: RecordedSpan[];
  /** Every log record that was emitted, in that order. */
  readonly logs: RecordedLog[];
  /** How many spans began. */
  startedCount(): number;
  /** Everything measured since the start. */
  points(): Promise<readonly RecordedPoint[]>;
  stop(): Promise<void>;
}

/** Keeps all telemetry of this process in memory, for tests. Once per process: OpenTelemetry's globals are set once. */
export function recordTelemetry(): TelemetryRecorder {
  const spans: RecordedSpan[] = [];
  let started = 0;
  const processor: SpanProcessor = {
    onStart: () => void started++,
    onEnd: (span) => void spans.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const logs: RecordedLog[] = [];
  const logProcessor: LogRecordProcessor = {
    onEmit: (record) => void logs.push(record),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2_147_483_647 });
  const sdk = new NodeSDK({
    serviceName: "test",
    instrumentations: [],
    resourceDetectors: [],
    spanProcessors: [processor],
    metricReaders: [reader],
    logRecordProcessors: [logProcessor],
  });
  sdk.start();
  return {
    spans,
    logs,
    startedCount: () => started,
    async points() {
      exporter.reset();
      await reader.forceFlush();
      return exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap(({ metrics }) =>
            metrics.flatMap(({ descriptor, dataPoints }) =>
              dataPoints.map(({ attributes, value }) => ({ metric: descriptor.name, attributes, value })),
            ),
          ),
        );
    },
    stop: () => sdk.shutdown(),
  };
}
