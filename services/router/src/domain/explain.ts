import type { RoutingReport, Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { type Catalogue, priceOf } from "./catalogue.ts";
import { type Choice, type Decision, type DecisionPolicy, type Judgement, policyFor, rulesOf } from "./decide.ts";
import { notAsked } from "./dispatch/outcome.ts";
import type { OddsBasis } from "./odds/basis.ts";
import { logOdds } from "./odds/odds.ts";
import { byCost } from "./policies/order.ts";
import { reportOf } from "./report.ts";
import type { Incoming, Prompt } from "./request.ts";
import { type Objection, type Passed, sieve } from "./sieve.ts";
import type { Steps } from "./steps.ts";

/** A decision with all that it was made from. */
export interface Explanation {
  readonly report: RoutingReport;
  readonly features: Features;
  /** Those of the chain, the others that can take the request, those that cannot; the last two cheapest first. */
  readonly alternatives: readonly Alternative[];
}

/** What the decision goes by. */
export interface Features {
  readonly inputTokens: number;
  readonly expectedOutputTokens: number;
  readonly needs: readonly string[];
  readonly sensitivity: Sensitivity;
  readonly qualityTarget: number;
  /** Absent without learned odds. */
  readonly basis: OddsBasis | undefined;
}

/** A model with what is expected of it. */
export interface Alternative {
  readonly choice: Choice;
  /** What outcomes have added to its log-odds. */
  readonly shift: number;
  /** Its cost as a share of the baseline's; undefined where that costs nothing. */
  readonly costBesideBaseline: number | undefined;
  /** Place in the chain, from 1; 0: not in it. */
  readonly place: number;
  /** Why it is not in the chain. */
  readonly objection: Objection | undefined;
}

export interface ExplainContext {
  readonly steps: Pick<Steps, "admit" | "shape" | "classify" | "decide">;
  readonly policy: DecisionPolicy;
  /** What learned odds see in a prompt; undefined without them. */
  readonly basisOf: (prompt: Prompt) => OddsBasis | undefined;
}

/** What complete would decide now, and from what: admits, shapes, classifies and decides, and asks nobody. Throws Refusal. */
export async function explain(incoming: Incoming, { steps, policy, basisOf }: ExplainContext): Promise<Explanation> {
  const prompt = steps.shape(incoming, steps.admit(incoming));
  const judgement = await steps.classify(prompt, incoming.signal);
  const decision = steps.decide(prompt, judgement);
  const [first] = decision.chain;
  return {
    report: estimateOf(prompt, decision, policy.catalogue),
    features: {
      inputTokens: prompt.inputTokens,
      expectedOutputTokens: first.expectedOutputTokens,
      needs: prompt.needs,
      sensitivity: decision.sensitivity,
      qualityTarget: decision.target,
      basis: basisOf(prompt),
    },
    alternatives: alternativesOf(prompt, judgement, decision, policyFor(prompt, policy)),
  };
}

function estimateOf(prompt: Prompt, decision: Decision, catalogue: Catalogue): RoutingReport {
  const report = reportOf(prompt, { verdict: "CACHE_VERDICT_BYPASS" }, decision, notAsked(prompt.arrivedUs), catalogue);
  const { candidate, expectedOutputTokens } = decision.chain[0];
  return {
    ...report,
    costUsdNanos: candidate.estimatedCostUsdNanos,
    baselineCostUsdNanos: priceOf(prompt.inputTokens, expectedOutputTokens, catalogue.baseline.prices),
  };
}

function alternativesOf(
  prompt: Prompt,
  judgement: Judgement | undefined,
  { chain }: Decision,
  policy: DecisionPolicy,
): Alternative[] {
  const { models, baseline } = policy.catalogue;
  const rules = rulesOf(prompt, judgement, policy);
  const { fit, passed } = sieve(prompt, models, { ...rules, boundsTiers: prompt.chat.model === "auto" });
  const chosen = new Set(chain.map(({ model }) => model));
  const tell = (choice: Choice, place: number, objection?: Objection): Alternative => {
    const cost = Number(priceOf(prompt.inputTokens, choice.expectedOutputTokens, baseline.prices));
    return {
      choice,
      place,
      objection,
      shift:
        choice.candidate.adequacy === choice.prior ? 0 : logOdds(choice.candidate.adequacy) - logOdds(choice.prior),
      costBesideBaseline: cost === 0 ? undefined : Number(choice.candidate.estimatedCostUsdNanos) / cost,
    };
  };
  const left = fit.filter(({ model }) => !chosen.has(model)).sort(byCost);
  const out = passed
    .filter(({ choice }) => !chosen.has(choice.model))
    .sort((one: Passed, other: Passed) => byCost(one.choice, other.choice));
  return [
    ...chain.map((choice, index) => tell(choice, index + 1)),
    ...left.map((choice) => tell(choice, 0, whyLeft(choice, prompt))),
    ...out.map(({ choice, objection }) => tell(choice, 0, objection)),
  ];
}

/** Why a model that can take a request is not in its chain. */
function whyLeft({ isAdequate, candidate }: Choice, { chat }: Prompt): Objection {
  if (chat.model !== "auto") return { reason: "not_named", detail: "the request names another model" };
  if (isAdequate) return { reason: "rank", detail: "good enough, but the chain is full of models that come before it" };
  const chance = candidate.adequacy.toFixed(2);
  return { reason: "quality", detail: `as good as the baseline with a chance of ${chance}, below the target` };
}
