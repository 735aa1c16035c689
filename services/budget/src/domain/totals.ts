import { amountOf, type LedgerLine } from "./ledger.ts";

/** What is summed up of ledger lines. The order is that in which stores keep the sums. */
export const measures = [
  "requests",
  "attempts",
  "exactHits",
  "semanticHits",
  "replays",
  "inputTokens",
  "cachedInputTokens",
  "outputTokens",
  "reasoningTokens",
  "costUsdNanos",
  "baselineCostUsdNanos",
  "hitBaselineCostUsdNanos",
  "wastedTokens",
  "wastedCostUsdNanos",
] as const;

export type Measure = (typeof measures)[number];

/** Sums over ledger lines. Saved is the baseline's cost less the cost. */
export type Totals = Readonly<Record<Measure, bigint>>;

export const noTotals = Object.fromEntries(measures.map((measure) => [measure, 0n])) as Totals;

/** What one line adds to the sums. A presumption is no attempt: nobody knows of any. */
export function totalsOf(line: LedgerLine): Totals {
  const { usage, cacheVerdict, baselineCostUsdNanos, costUsdNanos, wasted } = line;
  const requests = BigInt(line.requestCount);
  const hits = (verdict: typeof cacheVerdict) => (cacheVerdict === verdict ? requests : 0n);
  const [exactHits, semanticHits, replays] = [
    // Two that were on their way at once are the same request, too.
    hits("CACHE_VERDICT_EXACT_HIT") + (line.provider === "" ? hits("CACHE_VERDICT_COALESCED") : 0n),
    hits("CACHE_VERDICT_SEMANTIC_HIT"),
    hits("CACHE_VERDICT_REPLAY"),
  ];
  return {
    requests,
    attempts: line.provider === "" ? 0n : 1n,
    exactHits,
    semanticHits,
    replays,
    inputTokens: usage?.inputTokens ?? 0n,
    cachedInputTokens: usage?.cachedInputTokens ?? 0n,
    outputTokens: usage?.outputTokens ?? 0n,
    reasoningTokens: usage?.reasoningTokens ?? 0n,
    costUsdNanos,
    baselineCostUsdNanos,
    hitBaselineCostUsdNanos: exactHits + semanticHits + replays > 0n ? baselineCostUsdNanos : 0n,
    wastedTokens: wasted ? amountOf(line).tokens : 0n,
    wastedCostUsdNanos: wasted ? costUsdNanos : 0n,
  };
}

export function plusTotals(left: Totals, right: Totals): Totals {
  return Object.fromEntries(measures.map((measure) => [measure, left[measure] + right[measure]])) as Totals;
}
