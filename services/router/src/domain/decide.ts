import type { Candidate, Classification, PassedOver, Task, Tier } from "@switchyard/contracts/vocabulary/routing";
import { type Appraise, judged } from "./adequacy.ts";
import { type Catalogue, type CatalogueModel, priceOf, rankOfSensitivity, rankOfTier } from "./catalogue.ts";
import type { Policy } from "./policies/policy.ts";
import { qualityTarget } from "./policies/quality-target.ts";
import { Refusal } from "./refusal.ts";
import type { Prompt } from "./request.ts";

export interface DecisionPolicy {
  readonly catalogue: Catalogue;
  /** Chance of being as good as the baseline that `auto` requests ask for unless they say otherwise. */
  readonly qualityTarget: number;
  readonly maxCandidates: number;
  /** Bound on output tokens where the request gives none. */
  readonly defaultMaxOutputTokens: number;
  /** How likely each model is good enough. Absent: judged by tier, task and complexity. */
  readonly appraise?: Appraise;
  /** In which order the models are asked. Absent: the cheapest that reaches the quality target first. */
  readonly rank?: Policy;
  /** How long a model's answers usually take, in milliseconds. Absent: not known of any. */
  readonly latencyMs?: (model: CatalogueModel) => number | undefined;
}

/** A model of the chain, with the output it may write. */
export interface Choice {
  readonly model: CatalogueModel;
  readonly candidate: Candidate;
  /** Sent to the provider as max_tokens and reserved from the budget. */
  readonly maxOutputTokens: number;
  /** Whether its answer is what was asked for: good enough, or from the model that was named. Others are second best. */
  readonly isAdequate: boolean;
  /** What it probably writes, over all choices. */
  readonly expectedOutputTokens: number;
}

/** The fallback chain and why it is what it is. Deterministic: the same prompt and policy give the same decision. */
export interface Decision {
  readonly classification: Classification | undefined;
  /** First choice first; never empty. */
  readonly chain: readonly [Choice, ...Choice[]];
  readonly passedOver: readonly PassedOver[];
  /** Why the first choice, in a sentence. */
  readonly reason: string;
  /** What the caller should know, though it did not stop the request. */
  readonly warnings: readonly string[];
}

/** A tier that may not be asked, and why. */
export interface Exclusion {
  readonly tier: Tier;
  readonly because: string;
}

/** Output tokens to expect by task, for ordering by cost: medians one sees in practice, not bounds. */
const expectedOutputTokens: Readonly<Partial<Record<Task, number>>> = {
  TASK_CLASSIFICATION: 20,
  TASK_EXTRACTION: 120,
  TASK_SUMMARIZATION: 200,
  TASK_TRANSLATION: 250,
  TASK_CODE: 500,
  TASK_REASONING: 600,
  TASK_WRITING: 500,
};
const expectedOutputTokensOtherwise = 300;

/**
 * Decides which models may answer, in which order; exclusions are tiers that a budget has no room for. Throws Refusal:
 * UNKNOWN_MODEL, NO_CANDIDATE.
 */
export function decide(
  prompt: Prompt,
  classification: Classification | undefined,
  policy: DecisionPolicy,
  exclusions: readonly Exclusion[] = [],
): Decision {
  return prompt.chat.model === "auto"
    ? decideFreely(prompt, classification ?? unknown, policy, exclusions)
    : decideForModel(prompt, classification, policy, exclusions);
}

const unknown: Classification = {
  task: "TASK_UNSPECIFIED",
  taskConfidence: 0,
  complexity: 1,
  complexityConfidence: 0,
  language: "und",
  classifierVersion: "",
};

function decideFreely(
  prompt: Prompt,
  classification: Classification,
  policy: DecisionPolicy,
  exclusions: readonly Exclusion[],
): Decision {
  const target = prompt.hints.qualityTarget ?? policy.qualityTarget;
  const isAdequate = ({ adequacy }: Candidate) => adequacy >= target;
  const adequacyOf = (policy.appraise ?? judged)(prompt, classification, policy.catalogue);
  const rules = { policy, classification, adequacyOf, isAdequate, extraBound: tierBound, exclusions };
  const { fit, passedOver } = sieve(prompt, policy.catalogue.models, rules);
  const rank = policy.rank ?? qualityTarget;
  const ranking = rank(fit, { prompt, target, latencyMs: policy.latencyMs ?? unknownLatency });
  const chain = ranking.chain.slice(0, policy.maxCandidates);
  const { reason } = ranking;
  return { classification, chain: notEmpty(chain, passedOver), passedOver, reason, warnings: [] };
}

function decideForModel(
  prompt: Prompt,
  classification: Classification | undefined,
  policy: DecisionPolicy,
  exclusions: readonly Exclusion[],
): Decision {
  const { byId } = policy.catalogue;
  const asked = byId.get(prompt.chat.model);
  if (!asked || asked.capabilities.has("embeddings")) {
    throw new Refusal("UNKNOWN_MODEL", `no chat model "${prompt.chat.model}" in the catalogue`, {
      metadata: { field: "chat.model", model: prompt.chat.model },
    });
  }
  const named = [asked, ...asked.fallbacks.flatMap((id) => byId.get(id) ?? [])];
  const isAdequate = ({ model }: Candidate) => model === asked.id;
  const known = classification ?? unknown;
  const adequacyOf = judged(prompt, known, policy.catalogue);
  const rules = { policy, classification: known, adequacyOf, isAdequate, extraBound: () => undefined, exclusions };
  const { fit, passedOver } = sieve(prompt, named, rules);
  const chain = fit.slice(0, policy.maxCandidates);
  const reason =
    chain[0]?.model === asked
      ? "the model was asked for by name"
      : `"${asked.id}" cannot take the request; its fallback can`;
  return { classification, chain: notEmpty(chain, passedOver), passedOver, reason, warnings: [] };
}

const unknownLatency = () => undefined;

interface Rules {
  readonly policy: DecisionPolicy;
  readonly classification: Classification;
  readonly adequacyOf: (model: CatalogueModel) => number;
  readonly isAdequate: (candidate: Candidate) => boolean;
  readonly extraBound: (prompt: Prompt, model: CatalogueModel) => Objection;
  readonly exclusions: readonly Exclusion[];
}

type Objection = Pick<PassedOver, "reason" | "detail"> | undefined;

/** Splits models into those that can take the prompt and those that cannot, each with the first reason why not. */
function sieve(
  prompt: Prompt,
  models: readonly CatalogueModel[],
  rules: Rules,
): { fit: Choice[]; passedOver: PassedOver[] } {
  const fit: Choice[] = [];
  const passedOver: PassedOver[] = [];
  for (const model of models) {
    if (model.capabilities.has("embeddings")) continue;
    const choice = choose(prompt, model, rules);
    const objection =
      rules.extraBound(prompt, model) ??
      budgetBound(rules, model) ??
      capabilityBound(prompt, model) ??
      sensitivityBound(prompt, model) ??
      windowBound(prompt, choice) ??
      costBound(prompt, choice);
    if (objection) passedOver.push({ model: model.id, ...objection });
    else fit.push(choice);
  }
  return { fit, passedOver };
}

function choose(prompt: Prompt, model: CatalogueModel, rules: Rules): Choice {
  const { policy, classification, adequacyOf, isAdequate } = rules;
  const maxOutputTokens = prompt.chat.maxTokens ?? Math.min(policy.defaultMaxOutputTokens, model.maxOutputTokens);
  const typical = expectedOutputTokens[classification.task] ?? expectedOutputTokensOtherwise;
  const expected = Math.min(typical, maxOutputTokens) * (prompt.chat.n ?? 1);
  const candidate: Candidate = {
    model: model.id,
    tier: model.tier,
    adequacy: adequacyOf(model),
    estimatedCostUsdNanos: priceOf(prompt.inputTokens, expected, model.prices),
  };
  return { model, candidate, maxOutputTokens, isAdequate: isAdequate(candidate), expectedOutputTokens: expected };
}

/** An enum's value as a word for people: `TIER_ECONOMY` is `economy`. */
const word = (value: string) => value.slice(value.indexOf("_") + 1).toLowerCase();

function tierBound({ hints }: Prompt, { tier }: CatalogueModel): Objection {
  const rank = rankOfTier(tier);
  if (hints.minTier !== "TIER_UNSPECIFIED" && rank < rankOfTier(hints.minTier)) {
    return { reason: "tier_bound", detail: `is ${word(tier)}, below the asked ${word(hints.minTier)}` };
  }
  if (hints.maxTier !== "TIER_UNSPECIFIED" && rank > rankOfTier(hints.maxTier)) {
    return { reason: "tier_bound", detail: `is ${word(tier)}, above the asked ${word(hints.maxTier)}` };
  }
  return undefined;
}

function budgetBound({ exclusions }: Rules, { tier }: CatalogueModel): Objection {
  const exclusion = exclusions.find((each) => each.tier === tier);
  return exclusion && { reason: "budget", detail: exclusion.because };
}

function capabilityBound({ needs }: Prompt, { capabilities }: CatalogueModel): Objection {
  const missing = needs.filter((need) => !capabilities.has(need));
  return missing.length === 0 ? undefined : { reason: "capability", detail: `lacks ${missing.join(", ")}` };
}

function sensitivityBound({ hints }: Prompt, { maxSensitivity }: CatalogueModel): Objection {
  return rankOfSensitivity(hints.sensitivity) <= rankOfSensitivity(maxSensitivity)
    ? undefined
    : { reason: "sensitivity", detail: `may see at most ${word(maxSensitivity)} prompts` };
}

function windowBound({ inputTokens }: Prompt, { model, maxOutputTokens }: Choice): Objection {
  if (maxOutputTokens > model.maxOutputTokens) {
    return {
      reason: "context_window",
      detail: `writes at most ${model.maxOutputTokens} tokens, ${maxOutputTokens} asked`,
    };
  }
  return inputTokens + maxOutputTokens <= model.contextWindow
    ? undefined
    : {
        reason: "context_window",
        detail: `${inputTokens} input and ${maxOutputTokens} output tokens do not fit ${model.contextWindow}`,
      };
}

function costBound({ hints }: Prompt, { candidate }: Choice): Objection {
  return hints.maxCostUsdNanos === undefined || candidate.estimatedCostUsdNanos <= hints.maxCostUsdNanos
    ? undefined
    : { reason: "max_cost", detail: `expected to cost ${candidate.estimatedCostUsdNanos} nano-USD` };
}

function notEmpty(chain: Choice[], passedOver: readonly PassedOver[]): [Choice, ...Choice[]] {
  const [first, ...others] = chain;
  if (first) return [first, ...others];
  const reasons = passedOver.map(({ model, detail }) => `${model}: ${detail}`).join("; ");
  throw new Refusal("NO_CANDIDATE", `no model can take the request (${reasons})`, {
    metadata: Object.fromEntries(passedOver.map(({ model, reason }) => [`model.${model}`, reason])),
    passedOver,
  });
}
