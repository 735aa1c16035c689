import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { type Catalogue, priceOf } from "./catalogue.ts";
import { notAsked } from "./dispatch/outcome.ts";
import { reportOf } from "./report.ts";
import type { Incoming } from "./request.ts";
import type { Steps } from "./steps.ts";

/** What complete would decide now: admits, shapes, classifies and decides, and asks nobody. Throws Refusal. */
export async function explain(
  incoming: Incoming,
  steps: Pick<Steps, "admit" | "shape" | "classify" | "decide">,
  catalogue: Catalogue,
): Promise<RoutingReport> {
  const prompt = steps.shape(incoming, steps.admit(incoming));
  const decision = steps.decide(prompt, await steps.classify(prompt, incoming.signal));
  const report = reportOf(prompt, { verdict: "CACHE_VERDICT_BYPASS" }, decision, notAsked(prompt.arrivedUs), catalogue);
  const { candidate, expectedOutputTokens } = decision.chain[0];
  return {
    ...report,
    costUsdNanos: candidate.estimatedCostUsdNanos,
    baselineCostUsdNanos: priceOf(prompt.inputTokens, expectedOutputTokens, catalogue.baseline.prices),
  };
}
