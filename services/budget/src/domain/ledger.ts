import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt, CacheVerdict, Task, Tier } from "@switchyard/contracts/vocabulary/routing";
import { type Amount, nothing, plus } from "./amount.ts";
import { emptyTally, isModelTier, plusTally, type Tally } from "./tally.ts";

/** One line of the bill. The lines of a tenant sum up to what it used. */
export interface LedgerLine {
  readonly requestId: string;
  readonly caller: Caller;
  /** Empty for a presumed one. */
  readonly model: string;
  /** Empty on a hit and for a presumed one. */
  readonly provider: string;
  /** `ok`, `presumed`, `corrected`, or the reason of the attempt's failure. */
  readonly outcome: string;
  /** Undefined: nothing was used. */
  readonly usage: Usage | undefined;
  readonly usageEstimated: boolean;
  /** Negative where it takes back what was presumed. */
  readonly costUsdNanos: bigint;
  readonly baselineCostUsdNanos: bigint;
  readonly cacheVerdict: CacheVerdict;
  readonly task: Task;
  /** Unspecified for a presumed one, and for a model that is not in the catalogue. */
  readonly tier: Tier;
  /** Whether what was used did not serve the answer. */
  readonly wasted: boolean;
  /** Whether the attempt was started beside a slow one. */
  readonly hedge: boolean;
  /** Names what stood first in the prompt; empty where no model was asked. */
  readonly promptPrefix: string;
  /** 1 on the one line that stands for its request, -1 on one that takes that back, otherwise 0. */
  readonly requestCount: -1 | 0 | 1;
}

/** A line in its place. */
export interface BookedLine extends LedgerLine {
  /** The day it counts in, that of its request: the first millisecond. */
  readonly dayMs: number;
  /** Ascending from 1, without gaps a reader could miss: what is booked later stands behind what was read before. */
  readonly sequence: bigint;
  readonly bookedAt: Date;
}

/** An attempt and the tier of its model. */
export type TieredAttempt = Attempt & { readonly tier: Tier };

/** What a request did, told once it is over. */
export interface Settlement {
  readonly requestId: string;
  readonly caller: Caller;
  readonly attempts: readonly TieredAttempt[];
  readonly cacheVerdict: CacheVerdict;
  /** The tier of the model that answered. */
  readonly tier: Tier;
  /** The model that answered; empty: none did. */
  readonly model: string;
  readonly baselineCostUsdNanos: bigint;
  readonly task: Task;
  readonly promptPrefix: string;
}

/** What a request used: every attempt together, failed ones too. */
export function settledAmount(settlement: Pick<Settlement, "attempts">): Amount {
  return settlement.attempts.reduce((sum, attempt) => plus(sum, amountOf(attempt)), nothing);
}

/** The same with the part of each tier. */
export function settledTally({ attempts }: Pick<Settlement, "attempts">): Tally {
  return attempts.reduce((sum, attempt) => {
    const amount = amountOf(attempt);
    return plusTally(sum, { all: amount, byTier: isModelTier(attempt.tier) ? { [attempt.tier]: amount } : {} });
  }, emptyTally);
}

/**
 * A line for each attempt, and one for a cache hit; the saving stands with the answer: the hit, or the last attempt that
 * succeeded. Every other attempt is wasted, but one that another went on with, whose words are in the answer, and one that made
 * the vectors that the cache was searched with; where the request has no answer, all of them are. The line of the answer stands
 * for the request, or the last one where there is none.
 */
export function linesOf(settlement: Settlement): LedgerLine[] {
  const { requestId, caller, attempts, cacheVerdict, task, baselineCostUsdNanos } = settlement;
  const common = { requestId, caller, cacheVerdict, task };
  const hit = isHit(cacheVerdict);
  const answer = hit ? -1 : attempts.findLastIndex(({ outcome }) => outcome === "ok");
  const representative = hit ? -1 : answer < 0 ? attempts.length - 1 : answer;
  const lines = attempts.map(
    (attempt, index): LedgerLine => ({
      ...common,
      model: attempt.model,
      provider: attempt.provider,
      outcome: attempt.outcome,
      usage: attempt.usage,
      usageEstimated: attempt.usageEstimated,
      costUsdNanos: attempt.costUsdNanos,
      baselineCostUsdNanos: index === answer ? baselineCostUsdNanos : 0n,
      tier: attempt.tier,
      wasted: settlement.model === "" || (index !== answer && !attempt.continued && !madeVectors(attempt)),
      hedge: attempt.hedge,
      promptPrefix: hit ? "" : settlement.promptPrefix,
      requestCount: index === representative ? 1 : 0,
    }),
  );
  if (!hit) return lines;
  const { model, tier } = settlement;
  return [...lines, { ...common, ...noUse, model, tier, outcome: "ok", baselineCostUsdNanos, requestCount: 1 }];
}

/** An embedding model writes nothing. */
const madeVectors = ({ outcome, usage }: TieredAttempt) => outcome === "ok" && usage?.outputTokens === 0n;

/**
 * The line of a reservation that nobody settled in time, or the one that takes it back, with the negative amount. A
 * reservation does not tell input from output: its tokens stand as input, marked as estimated.
 */
export function presumptionLine(
  outcome: "presumed" | "corrected",
  requestId: string,
  caller: Caller,
  amount: Amount,
): LedgerLine {
  const { tokens, costUsdNanos } = amount;
  return {
    ...noUse,
    requestId,
    caller,
    model: "",
    outcome,
    usage: { inputTokens: tokens, cachedInputTokens: 0n, outputTokens: 0n, reasoningTokens: 0n, extraJson: "" },
    usageEstimated: true,
    costUsdNanos,
    baselineCostUsdNanos: 0n,
    cacheVerdict: "CACHE_VERDICT_UNSPECIFIED",
    task: "TASK_UNSPECIFIED",
    tier: "TIER_UNSPECIFIED",
    requestCount: outcome === "presumed" ? 1 : -1,
  };
}

/** What a line counts for. */
export function amountOf(line: Pick<LedgerLine, "usage" | "costUsdNanos">): Amount {
  const tokens = line.usage === undefined ? 0n : line.usage.inputTokens + line.usage.outputTokens;
  return { tokens, costUsdNanos: line.costUsdNanos };
}

const noUse = {
  provider: "",
  usage: undefined,
  usageEstimated: false,
  costUsdNanos: 0n,
  wasted: false,
  hedge: false,
  promptPrefix: "",
} as const;

function isHit(verdict: CacheVerdict): boolean {
  return (
    verdict === "CACHE_VERDICT_EXACT_HIT" ||
    verdict === "CACHE_VERDICT_SEMANTIC_HIT" ||
    verdict === "CACHE_VERDICT_COALESCED" ||
    verdict === "CACHE_VERDICT_REPLAY"
  );
}
