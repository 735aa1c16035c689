import { attribute, emitLogEvent, logEvent } from "@switchyard/telemetry";
import { type LedgerLine, linesOf, type Settlement } from "../domain/ledger.ts";
import { organisationOf } from "../domain/scopes.ts";
import { noTotals, plusTotals, totalsOf } from "../domain/totals.ts";

/**
 * Emits one log record for a settled request of which the ledger holds something, with all of it. A crash between booking and export, or a
 * queue that is full, loses a record: the ledger is the truth.
 */
export function emitSettledEvent(settlement: Settlement): void {
  if (settlement.attempts.length === 0 && linesOf(settlement).length === 0) return;
  emitLogEvent(logEvent.requestSettled, () => eventOf(settlement));
}

function eventOf(settlement: Settlement) {
  const { requestId, caller, model, tier, task, cacheVerdict } = settlement;
  const lines = linesOf(settlement);
  const totals = lines.reduce((sum, line) => plusTotals(sum, totalsOf(line)), noTotals);
  const answer = lines.find(({ requestCount }) => requestCount === 1);
  return {
    [attribute.requestId]: requestId,
    [attribute.organisation]: organisationOf(caller),
    [attribute.tenant]: caller.tenant,
    [attribute.userId]: caller.user,
    [attribute.feature]: caller.feature,
    [attribute.apiKeyName]: caller.apiKey,
    [attribute.labels]: { ...caller.labels },
    [attribute.model]: model,
    [attribute.provider]: model === "" ? "" : (answer?.provider ?? ""),
    [attribute.tier]: word(tier, "TIER_"),
    [attribute.task]: word(task, "TASK_"),
    [attribute.cacheVerdict]: word(cacheVerdict, "CACHE_VERDICT_"),
    [attribute.outcome]: answer?.outcome ?? "",
    [attribute.genAiUsageInputTokens]: Number(totals.inputTokens),
    [attribute.genAiUsageCachedInputTokens]: Number(totals.cachedInputTokens),
    [attribute.genAiUsageOutputTokens]: Number(totals.outputTokens),
    [attribute.genAiUsageReasoningTokens]: Number(totals.reasoningTokens),
    [attribute.costUsdNanos]: Number(totals.costUsdNanos),
    [attribute.baselineCostUsdNanos]: Number(totals.baselineCostUsdNanos),
    [attribute.savedUsdNanos]: Number(totals.baselineCostUsdNanos - totals.costUsdNanos),
    [attribute.wastedTokens]: Number(totals.wastedTokens),
    [attribute.wastedCostUsdNanos]: Number(totals.wastedCostUsdNanos),
    [attribute.attempts]: settlement.attempts.length === 0 ? [] : lines.map(attemptOf),
  };
}

function attemptOf({ model, provider, tier, outcome, usage, usageEstimated, costUsdNanos, wasted, hedge }: LedgerLine) {
  return {
    [attribute.model]: model,
    [attribute.provider]: provider,
    [attribute.tier]: word(tier, "TIER_"),
    [attribute.outcome]: outcome,
    [attribute.genAiUsageInputTokens]: Number(usage?.inputTokens ?? 0n),
    [attribute.genAiUsageCachedInputTokens]: Number(usage?.cachedInputTokens ?? 0n),
    [attribute.genAiUsageOutputTokens]: Number(usage?.outputTokens ?? 0n),
    [attribute.genAiUsageReasoningTokens]: Number(usage?.reasoningTokens ?? 0n),
    [attribute.isUsageEstimated]: usageEstimated,
    [attribute.costUsdNanos]: Number(costUsdNanos),
    [attribute.isWasted]: wasted,
    [attribute.isHedge]: hedge,
  };
}

/** An enum's value as a word: `TIER_ECONOMY` is `economy`; empty where it says nothing. */
const word = (value: string, prefix: string) =>
  value === `${prefix}UNSPECIFIED` ? "" : value.slice(prefix.length).toLowerCase();
