import type { SettleRequest, SettleResponse } from "@switchyard/contracts/budget/v1/budget";
import type { Attempt, Tier } from "@switchyard/contracts/vocabulary/routing";
import { settledAmount } from "../domain/ledger.ts";
import { noTerms, type TermsOf } from "../domain/terms.ts";
import type { BudgetStore } from "../ports.ts";
import { countable, type Finding, payer, refuseInvalid, required } from "./checks.ts";

export interface SettleOptions {
  readonly termsOf: TermsOf;
  /** The tier of a model of the catalogue; unspecified for any other. */
  readonly tierOf: (model: string) => Tier;
}

/** Answers BudgetService.Settle. */
export function settleHandler(store: BudgetStore, { termsOf, tierOf }: SettleOptions) {
  return async (request: SettleRequest): Promise<SettleResponse> => {
    const { requestId, cacheVerdict, model, baselineCostUsdNanos, task, promptPrefix } = request;
    const caller = payer(request.caller, [
      required("request_id", requestId),
      countable("baseline_cost_usd_nanos", baselineCostUsdNanos),
      ...request.attempts.flatMap(attemptFindings),
    ]);
    const attempts = request.attempts.map((attempt) => ({ ...attempt, tier: tierOf(attempt.model) }));
    const tier = tierOf(model);
    const settlement = {
      requestId,
      caller,
      attempts,
      cacheVerdict,
      model,
      tier,
      baselineCostUsdNanos,
      task,
      promptPrefix,
    };
    const total = settledAmount(settlement);
    refuseInvalid([countable("attempts", total.tokens), countable("attempts", total.costUsdNanos)]);
    return { settled: await store.settle(settlement, termsOf(caller, caller.budgetTier) ?? noTerms(caller)) };
  };
}

function attemptFindings({ outcome, usage, costUsdNanos }: Attempt, index: number): Finding[] {
  const at = `attempts[${index}]`;
  return [
    required(`${at}.outcome`, outcome),
    outcome === "presumed" || outcome === "corrected"
      ? { field: `${at}.outcome`, description: "is what the ledger itself says" }
      : undefined,
    countable(`${at}.cost_usd_nanos`, costUsdNanos),
    countable(`${at}.usage.input_tokens`, usage?.inputTokens ?? 0n),
    countable(`${at}.usage.cached_input_tokens`, usage?.cachedInputTokens ?? 0n),
    countable(`${at}.usage.output_tokens`, usage?.outputTokens ?? 0n),
    countable(`${at}.usage.reasoning_tokens`, usage?.reasoningTokens ?? 0n),
  ];
}
