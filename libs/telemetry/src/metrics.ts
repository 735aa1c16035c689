import {
  type Attributes,
  type Counter,
  type Gauge,
  type Histogram,
  type MetricOptions,
  metrics,
} from "@opentelemetry/api";
import { metric } from "./names.ts";

const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokens = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const overheadSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** Everything the platform counts. Labels are few: model, provider, tenant, feature, outcome; never a user or a prompt. */
export interface Instruments {
  readonly operationDuration: Histogram<Attributes>;
  readonly timeToFirstChunk: Histogram<Attributes>;
  readonly tokenUsage: Histogram<Attributes>;
  readonly requests: Counter<Attributes>;
  readonly cost: Counter<Attributes>;
  readonly baselineCost: Counter<Attributes>;
  readonly cacheVerdicts: Counter<Attributes>;
  readonly attempts: Counter<Attributes>;
  readonly wastedTokens: Counter<Attributes>;
  readonly overhead: Histogram<Attributes>;
  readonly timeToFirstToken: Histogram<Attributes>;
  readonly budgetRefusals: Counter<Attributes>;
  readonly budgetGraceGrants: Counter<Attributes>;
  readonly budgetReconciled: Counter<Attributes>;
  readonly lateWork: Counter<Attributes>;
  readonly classifierFallbacks: Counter<Attributes>;
  readonly retries: Counter<Attributes>;
  readonly fallbacks: Counter<Attributes>;
  readonly hedges: Counter<Attributes>;
  readonly continuations: Counter<Attributes>;
  readonly breakerChanges: Counter<Attributes>;
  readonly cascades: Counter<Attributes>;
  readonly cascadeCost: Counter<Attributes>;
  readonly opinions: Counter<Attributes>;
  readonly breakerState: Gauge<Attributes>;
  readonly badHits: Counter<Attributes>;
  readonly largestUserShare: Gauge<Attributes>;
  readonly certificateReloads: Counter<Attributes>;
  readonly configReloads: Counter<Attributes>;
  readonly configInForce: Gauge<Attributes>;
}

/** Creates the instruments; call after {@link startTelemetry}, or they count nothing. */
export function createInstruments(): Instruments {
  const meter = metrics.getMeter("switchyard");
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(name, { unit, description } satisfies MetricOptions);
  const histogram = (name: string, unit: string, description: string, boundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: boundaries } });
  return {
    operationDuration: histogram(metric.operationDuration, "s", "Duration of one attempt at a provider", seconds),
    timeToFirstChunk: histogram(metric.timeToFirstChunk, "s", "Time to the first chunk of one attempt", seconds),
    tokenUsage: histogram(metric.tokenUsage, "{token}", "Tokens of one attempt, by type", tokens),
    requests: counter(metric.requests, "{request}", "Requests by outcome"),
    cost: counter(metric.cost, "{USD}", "What requests cost"),
    baselineCost: counter(metric.baselineCost, "{USD}", "What the baseline model would have cost"),
    cacheVerdicts: counter(metric.cacheVerdicts, "{request}", "Requests by what the cache did"),
    attempts: counter(metric.attempts, "{attempt}", "Attempts at models by outcome"),
    wastedTokens: counter(metric.wastedTokens, "{token}", "Tokens of attempts that did not become the answer"),
    overhead: histogram(metric.overhead, "s", "Time in the platform, upstream waiting excluded", overheadSeconds),
    timeToFirstToken: histogram(
      metric.timeToFirstToken,
      "s",
      "Time to the first content, as the caller sees it",
      seconds,
    ),
    budgetRefusals: counter(metric.budgetRefusals, "{request}", "Requests refused by a budget"),
    budgetGraceGrants: counter(metric.budgetGraceGrants, "{request}", "Requests granted while the store was away"),
    budgetReconciled: counter(metric.budgetReconciled, "{request}", "Requests booked when the store was back"),
    lateWork: counter(metric.lateWork, "{task}", "Background steps (settle, remember) that failed after all retries"),
    classifierFallbacks: counter(metric.classifierFallbacks, "{request}", "Requests classified by the fallback"),
    retries: counter(metric.retries, "{attempt}", "Attempts at a place that the same request had asked before"),
    fallbacks: counter(metric.fallbacks, "{request}", "Requests that went to another model than their first choice"),
    hedges: counter(metric.hedges, "{attempt}", "Attempts beside a slow one"),
    continuations: counter(metric.continuations, "{request}", "Broken streams that another model went on with"),
    breakerChanges: counter(metric.breakerChanges, "{change}", "Circuit breakers that opened or closed"),
    cascades: counter(
      metric.cascades,
      "{request}",
      "Requests of which a cheaper model was tried first, by what became of it",
    ),
    cascadeCost: counter(
      metric.cascadeCost,
      "{USD}",
      "What answers cost that a cascade did not accept, and its checks",
    ),
    opinions: counter(metric.opinions, "{request}", "Requests that a model was to classify, by what became of it"),
    breakerState: meter.createGauge(metric.breakerState, {
      unit: "1",
      description: "1 where a circuit breaker of this process is open, 0 where it closed again",
    }),
    badHits: counter(metric.badHits, "{answer}", "Stored answers that callers reported as wrong"),
    largestUserShare: meter.createGauge(metric.largestUserShare, {
      unit: "1",
      description: "Share of a tenant's daily budget that its busiest user took",
    }),
    certificateReloads: counter(metric.certificateReloads, "{reload}", "Changed certificates, taken or refused"),
    configReloads: counter(metric.configReloads, "{reload}", "Changed configurations, taken or refused"),
    configInForce: meter.createGauge(metric.configInForce, {
      unit: "1",
      description: "1 where the configuration that stands in the file is in force, 0 where an older one is",
    }),
  };
}
