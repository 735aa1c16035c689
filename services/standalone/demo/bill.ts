import type { Answered, Failed, Outcome } from "./outcome.ts";

/** Percentiles of a set of measurements, in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What one model answered. */
export interface ModelShare {
  readonly tier: string;
  readonly model: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsdNanos: bigint;
}

/** What prompts written for one task cost, and the tiers that answered them (`cache` for hits). */
export interface TaskShare {
  readonly task: string;
  readonly requests: number;
  /** Of the requests that were classified: taken for this task. */
  readonly recognised: number;
  readonly classified: number;
  readonly byTier: Readonly<Record<string, number>>;
  readonly costUsdNanos: bigint;
  readonly baselineCostUsdNanos: bigint;
}

/** What a run cost and what it would have cost, from what the answers reported and nothing else. */
export interface Bill {
  readonly requests: number;
  readonly repeats: number;
  /** Of the repeats: asked in other words. */
  readonly reworded: number;
  readonly failures: readonly { readonly message: string; readonly count: number }[];
  readonly failed: number;
  readonly costUsdNanos: bigint;
  readonly baselineCostUsdNanos: bigint;
  readonly baselineModel: string;
  /** What the requests answered from cache would have cost at the baseline model. */
  readonly savedByCacheUsdNanos: bigint;
  /** Baseline cost less real cost of the requests that a model answered. */
  readonly savedByRoutingUsdNanos: bigint;
  readonly models: readonly ModelShare[];
  readonly tasks: readonly TaskShare[];
  /** Requests by cache verdict. */
  readonly cacheVerdicts: Readonly<Record<string, number>>;
  readonly hits: { readonly requests: number; readonly inputTokens: number; readonly outputTokens: number };
  /** Attempts at models beyond the first of a request. */
  readonly furtherAttempts: number;
  readonly missLatency: Latency;
  readonly hitLatency: Latency;
  readonly missFirstToken: Latency;
  readonly hitFirstToken: Latency;
  readonly overhead: Latency;
  /** Whether any answer came from the simulator. */
  readonly isSimulated: boolean;
}

/** Adds up a run. */
export function addUp(outcomes: readonly Outcome[]): Bill {
  const answered = outcomes.filter((outcome): outcome is Answered => outcome.ok);
  const failed = outcomes.filter((outcome): outcome is Failed => !outcome.ok);
  const hits = answered.filter(isHit);
  const misses = answered.filter((outcome) => !isHit(outcome));
  const cost = sumOf(answered, ({ report }) => report.costUsdNanos);
  const baseline = sumOf(answered, ({ report }) => report.baselineCostUsdNanos);
  const savedByCache = sumOf(hits, ({ report }) => report.baselineCostUsdNanos - report.costUsdNanos);
  return {
    requests: outcomes.length,
    repeats: answered.filter(({ isRepeat }) => isRepeat).length,
    reworded: answered.filter(({ isReworded }) => isReworded).length,
    failures: [...countBy(failed, describeFailure)].map(([message, count]) => ({ message, count })),
    failed: failed.length,
    costUsdNanos: cost,
    baselineCostUsdNanos: baseline,
    baselineModel: answered.find(({ report }) => report.baselineModel)?.report.baselineModel ?? "",
    savedByCacheUsdNanos: savedByCache,
    savedByRoutingUsdNanos: baseline - cost - savedByCache,
    models: modelShares(misses),
    tasks: taskShares(answered),
    cacheVerdicts: Object.fromEntries(countBy(answered, ({ report }) => report.cache)),
    hits: { requests: hits.length, ...tokensOf(hits) },
    furtherAttempts: misses.reduce((sum, { report }) => sum + Math.max(0, report.attempts - 1), 0),
    missLatency: latencyOf(misses.map(({ latencyMs }) => latencyMs)),
    hitLatency: latencyOf(hits.map(({ latencyMs }) => latencyMs)),
    missFirstToken: latencyOf(misses.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    hitFirstToken: latencyOf(hits.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    overhead: latencyOf(answered.map(({ report }) => report.overheadMs)),
    isSimulated: answered.some(({ fingerprint }) => /simulat/i.test(fingerprint)),
  };
}

const isHit = ({ report }: Answered) => report.cache.startsWith("hit") || report.cache === "replay";

const describeFailure = ({ status, message }: Failed) =>
  status === 0 || message.startsWith(`${status} `) ? message : `${status} ${message}`;

const tierOrder = ["economy", "standard", "premium"];

function modelShares(misses: readonly Answered[]): ModelShare[] {
  return [...Map.groupBy(misses, ({ report }) => report.model)]
    .map(([model, of]) => ({
      tier: of[0]?.report.tier ?? "",
      model,
      requests: of.length,
      ...tokensOf(of),
      costUsdNanos: sumOf(of, ({ report }) => report.costUsdNanos),
    }))
    .sort((a, b) => tierOrder.indexOf(a.tier) - tierOrder.indexOf(b.tier) || b.requests - a.requests);
}

function taskShares(answered: readonly Answered[]): TaskShare[] {
  return [...Map.groupBy(answered, ({ task }) => task)]
    .map(([task, of]) => {
      const classified = of.filter(({ report }) => report.task !== undefined);
      return {
        task,
        requests: of.length,
        recognised: classified.filter(({ report }) => report.task === task).length,
        classified: classified.length,
        byTier: Object.fromEntries(countBy(of, (outcome) => (isHit(outcome) ? "cache" : outcome.report.tier))),
        costUsdNanos: sumOf(of, ({ report }) => report.costUsdNanos),
        baselineCostUsdNanos: sumOf(of, ({ report }) => report.baselineCostUsdNanos),
      };
    })
    .sort((a, b) => Number(b.baselineCostUsdNanos - a.baselineCostUsdNanos));
}

const tokensOf = (answered: readonly Answered[]) => ({
  inputTokens: answered.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
  outputTokens: answered.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
});

/** The value that so large a share of the measurements does not exceed (nearest rank); 0 where nothing was measured. */
export function percentile(measurements: readonly number[], share: number): number {
  const ascending = [...measurements].sort((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? 0;
}

const latencyOf = (measurements: readonly number[]): Latency => ({
  count: measurements.length,
  p50Ms: percentile(measurements, 0.5),
  p95Ms: percentile(measurements, 0.95),
});

const sumOf = <T>(items: readonly T[], amount: (item: T) => bigint) =>
  items.reduce((sum, item) => sum + amount(item), 0n);

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
