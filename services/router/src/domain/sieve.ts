import type {
  Candidate,
  Classification,
  PassedOver,
  Sensitivity,
  Task,
} from "@switchyard/contracts/vocabulary/routing";
import { type CatalogueModel, rankOfSensitivity, rankOfTier } from "./catalogue.ts";
import type { Choice, DecisionPolicy, Exclusion } from "./decide.ts";
import type { Prompt } from "./request.ts";

/** By what models are judged for one request. */
export interface Rules {
  readonly policy: Pick<DecisionPolicy, "defaultMaxOutputTokens">;
  readonly classification: Classification;
  /** How far prompt and answer may travel. */
  readonly sensitivity: Sensitivity;
  /** Chance of being as good as the baseline, 0 to 1, before what outcomes have taught. */
  readonly priorOf: (model: CatalogueModel) => number;
  /** The same with it. */
  readonly adequacyOf: (model: CatalogueModel, prior: number) => number;
  readonly isAdequate: (candidate: Candidate) => boolean;
  /** Whether the bounds on tiers count. */
  readonly boundsTiers: boolean;
  readonly exclusions: readonly Exclusion[];
  /** Models that the caller's arm of an experiment goes without. */
  readonly without: ReadonlySet<string>;
}

export type Objection = Pick<PassedOver, "reason" | "detail">;

/** A model that cannot take the request, with the first reason why not. */
export interface Passed {
  readonly choice: Choice;
  readonly objection: Objection;
}

/** Splits models into those that can take the prompt and those that cannot. */
export function sieve(
  prompt: Prompt,
  models: readonly CatalogueModel[],
  rules: Rules,
): { fit: Choice[]; passed: Passed[] } {
  const fit: Choice[] = [];
  const passed: Passed[] = [];
  for (const model of models) {
    if (model.capabilities.has("embeddings")) continue;
    const choice = choose(prompt, model, rules);
    const objection = objectionTo(prompt, choice, rules);
    if (objection) passed.push({ choice, objection });
    else fit.push(choice);
  }
  return { fit, passed };
}

/** The same as callers are told. */
export const passedOverOf = ({ choice, objection }: Passed): PassedOver => ({ model: choice.model.id, ...objection });

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

function choose(prompt: Prompt, model: CatalogueModel, rules: Rules): Choice {
  const { policy, classification, priorOf, adequacyOf, isAdequate } = rules;
  const maxOutputTokens = prompt.chat.maxTokens ?? Math.min(policy.defaultMaxOutputTokens, model.maxOutputTokens);
  const typical = expectedOutputTokens[classification.task] ?? expectedOutputTokensOtherwise;
  const expected = Math.min(typical, maxOutputTokens) * (prompt.chat.n ?? 1);
  const prior = priorOf(model);
  const cost = Math.ceil(prompt.inputTokens * model.prices.input + expected * model.prices.output);
  const candidate: Candidate = {
    model: model.id,
    tier: model.tier,
    adequacy: adequacyOf(model, prior),
    estimatedCostUsdNanos: BigInt(cost),
  };
  return {
    model,
    candidate,
    cost,
    prior,
    maxOutputTokens,
    isAdequate: isAdequate(candidate),
    expectedOutputTokens: expected,
  };
}

function objectionTo(prompt: Prompt, choice: Choice, rules: Rules): Objection | undefined {
  const { model } = choice;
  return (
    (rules.boundsTiers ? tierBound(prompt, model) : undefined) ??
    budgetBound(rules, model) ??
    capabilityBound(prompt, model) ??
    sensitivityBound(rules, model) ??
    windowBound(prompt, choice) ??
    costBound(prompt, choice) ??
    experimentBound(rules, model)
  );
}

/** An enum's value as a word for people: `TIER_ECONOMY` is `economy`. */
const word = (value: string) => value.slice(value.indexOf("_") + 1).toLowerCase();

function tierBound({ hints }: Prompt, { tier }: CatalogueModel): Objection | undefined {
  const rank = rankOfTier(tier);
  if (hints.minTier !== "TIER_UNSPECIFIED" && rank < rankOfTier(hints.minTier)) {
    return { reason: "tier_bound", detail: `is ${word(tier)}, below the asked ${word(hints.minTier)}` };
  }
  if (hints.maxTier !== "TIER_UNSPECIFIED" && rank > rankOfTier(hints.maxTier)) {
    return { reason: "tier_bound", detail: `is ${word(tier)}, above the asked ${word(hints.maxTier)}` };
  }
  return undefined;
}

function budgetBound({ exclusions }: Rules, { tier }: CatalogueModel): Objection | undefined {
  const exclusion = exclusions.find((each) => each.tier === tier);
  return exclusion && { reason: "budget", detail: exclusion.because };
}

function capabilityBound({ needs }: Prompt, { capabilities }: CatalogueModel): Objection | undefined {
  if (needs.length === 0) return undefined;
  const missing = needs.filter((need) => !capabilities.has(need));
  return missing.length === 0 ? undefined : { reason: "capability", detail: `lacks ${missing.join(", ")}` };
}

function sensitivityBound({ sensitivity }: Rules, { maxSensitivity }: CatalogueModel): Objection | undefined {
  return rankOfSensitivity(sensitivity) <= rankOfSensitivity(maxSensitivity)
    ? undefined
    : {
        reason: "sensitivity",
        detail: `may see at most ${word(maxSensitivity)} prompts, and this one is ${word(sensitivity)}`,
      };
}

function windowBound({ inputTokens }: Prompt, { model, maxOutputTokens }: Choice): Objection | undefined {
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

function costBound({ hints }: Prompt, { candidate }: Choice): Objection | undefined {
  return hints.maxCostUsdNanos === undefined || candidate.estimatedCostUsdNanos <= hints.maxCostUsdNanos
    ? undefined
    : { reason: "max_cost", detail: `expected to cost ${candidate.estimatedCostUsdNanos} nano-USD` };
}

function experimentBound({ without }: Rules, { id }: CatalogueModel): Objection | undefined {
  return without.has(id)
    ? { reason: "experiment", detail: "the caller's arm of an experiment goes without it" }
    : undefined;
}
