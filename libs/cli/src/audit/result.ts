import type { DecidedGroup, Decisions } from "./ask-policy.ts";
import type { LogTally } from "./audit-log.ts";
import { addUp, estimateCost } from "./bill/estimate.ts";
import type { ReadingTally } from "./log/read-log.ts";
import type { Repetition } from "./repetition.ts";
import { type Stakes, type Volume, wordOfTask } from "./vocabulary.ts";

/** Today's bill and the one under the policy. */
export interface Bill {
  readonly requests: number;
  /** Cached input included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly todayUsdNanos: number;
  readonly policyUsdNanos: number;
  /** Requests that the policy was not asked about, so that a sample speaks for them. */
  readonly extrapolated: number;
  /** Half the 95% confidence interval of the policy's bill; 0 where nothing is extrapolated, or one model took the whole sample. */
  readonly policyMarginUsdNanos: number;
  /** Share (0 to 1) of today's bill that is saved; below 0 where the policy costs more. */
  readonly savedShare: number;
  /** Estimated share (0 to 1) of the requests by the model that would answer, largest first. */
  readonly models: readonly { readonly model: string; readonly share: number }[];
}

/** Requests of one use pattern. */
export interface Bucket extends Bill {
  readonly volume: Volume;
  readonly stakes: Stakes;
  readonly task: string;
  /** The features in it, the largest first; an empty name is requests without a feature. */
  readonly features: readonly string[];
}

/** All that the audit found out. */
export interface AuditResult {
  readonly total: Bill;
  /** Largest bill first. */
  readonly buckets: readonly Bucket[];
  /** Undefined where the log holds no prompts. */
  readonly repetition: Repetition | undefined;
  readonly reading: ReadingTally;
  readonly sampling: {
    /** Requests that the policy was asked about. */
    readonly asked: number;
    /** Of those, requests without a prompt, for which an invented one stood in. */
    readonly invented: number;
    /** Requests that stay at today's model, by reason. */
    readonly kept: Readonly<Record<string, number>>;
  };
  readonly estimatedTokens: number;
  readonly hasOtherFeatures: boolean;
  readonly unpriced: Readonly<Record<string, number>>;
}

/** Puts the tally and the policy's decisions together. */
export function resultOf(
  reading: ReadingTally,
  tally: LogTally,
  { groups, asked, invented, kept }: Decisions,
): AuditResult {
  const volumeOf = volumes(groups);
  const byPattern = Map.groupBy(groups, ({ group, task }) =>
    [volumeOf.get(group.feature), group.stakes, task].join("|"),
  );
  const buckets = [...byPattern.values()].map((members): Bucket => {
    const { group, task } = members[0] as DecidedGroup;
    return {
      volume: volumeOf.get(group.feature) ?? "low",
      stakes: group.stakes,
      task: wordOfTask(task),
      features: featuresOf(members),
      ...billOf(members),
    };
  });
  return {
    total: billOf(groups),
    buckets: buckets.sort((a, b) => b.todayUsdNanos - a.todayUsdNanos || b.requests - a.requests),
    repetition: tally.repetition,
    reading,
    sampling: { asked, invented, kept: Object.fromEntries(kept) },
    estimatedTokens: tally.estimatedTokens,
    hasOtherFeatures: tally.hasOtherFeatures,
    unpriced: Object.fromEntries(tally.unpriced),
  };
}

const highVolumeShare = 0.1;
const mediumVolumeShare = 0.01;

function volumes(groups: readonly DecidedGroup[]): ReadonlyMap<string, Volume> {
  const requests = new Map<string, number>();
  let all = 0;
  for (const { group } of groups) {
    requests.set(group.feature, (requests.get(group.feature) ?? 0) + group.requests);
    all += group.requests;
  }
  const volumeOf = (share: number) =>
    share >= highVolumeShare ? "high" : share >= mediumVolumeShare ? "medium" : "low";
  return new Map([...requests].map(([feature, count]) => [feature, volumeOf(count / all)]));
}

function featuresOf(members: readonly DecidedGroup[]): string[] {
  const requests = new Map<string, number>();
  for (const { group } of members) {
    requests.set(group.feature, (requests.get(group.feature) ?? 0) + group.requests);
  }
  return [...requests].sort(([, a], [, b]) => b - a).map(([feature]) => feature);
}

const halfInterval95 = 1.96;

function billOf(members: readonly DecidedGroup[]): Bill {
  const tokens = addUp(members.map(({ group }) => group.tokens));
  const requests = sum(members, ({ group }) => group.requests);
  const estimates = members.map(({ group, samples }) => estimateCost(samples, group));
  const today = sum(members, ({ group }) => group.costUsdNanos);
  const policy = sum(estimates, ({ costUsdNanos }) => costUsdNanos);
  const shares = new Map<string, number>();
  for (const { group, samples } of members) {
    for (const { model } of samples) {
      const share = group.requests / samples.length / requests;
      shares.set(model.id, (shares.get(model.id) ?? 0) + share);
    }
  }
  return {
    requests,
    inputTokens: tokens.fresh + tokens.cached,
    cachedInputTokens: tokens.cached,
    outputTokens: tokens.output,
    todayUsdNanos: Math.round(today),
    policyUsdNanos: Math.round(policy),
    extrapolated: requests - sum(members, ({ samples }) => samples.length),
    policyMarginUsdNanos: Math.round(halfInterval95 * Math.sqrt(sum(estimates, ({ variance }) => variance))),
    savedShare: today === 0 ? 0 : 1 - policy / today,
    models: [...shares].map(([model, share]) => ({ model, share })).sort((a, b) => b.share - a.share),
  };
}

const sum = <T>(items: readonly T[], amount: (item: T) => number) =>
  items.reduce((total, item) => total + amount(item), 0);
