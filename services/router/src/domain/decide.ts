import type {
  Attempt,
  Candidate,
  Classification,
  PassedOver,
  Sensitivity,
  Tier,
} from "@switchyard/contracts/vocabulary/routing";
import { type Appraise, judged } from "./adequacy.ts";
import { type CascadePlan, type CascadePolicy, planCascade, withTrial } from "./cascade/plan.ts";
import { type Catalogue, type CatalogueModel, higherSensitivity } from "./catalogue.ts";
import { assign, type Experiment } from "./experiments.ts";
import { type Lessons, nothingLearned, shifted } from "./outcomes/lessons.ts";
import type { Policy } from "./policies/policy.ts";
import { qualityTarget } from "./policies/quality-target.ts";
import { Refusal } from "./refusal.ts";
import type { Prompt } from "./request.ts";
import { type Passed, passedOverOf, type Rules, sieve } from "./sieve.ts";

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
  /** What outcomes have taught so far. Absent: nothing. */
  readonly lessons?: () => Lessons;
  /** Models that may not be asked, though they could. Absent: none. */
  readonly without?: ReadonlySet<string>;
  /** Callers that are decided for in another way. Absent: none. */
  readonly experiments?: readonly Experiment<DecisionPolicy>[];
  /** When a cheaper model is tried first. Absent: never. */
  readonly cascade?: CascadePolicy | undefined;
  /** Milliseconds since the epoch; needed for a cascade, which takes the time of two. */
  readonly nowMs?: () => number;
}

/** A model of the chain, with the output it may write. */
export interface Choice {
  readonly model: CatalogueModel;
  readonly candidate: Candidate;
  /** The candidate's estimated cost in nano-USD, to compare by. */
  readonly cost: number;
  /** Chance of being as good as the baseline, 0 to 1, before what outcomes have taught. */
  readonly prior: number;
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
  /** Calls of a model that classifying took. Absent: none. */
  readonly asked?: readonly Attempt[] | undefined;
  /** First choice first; never empty. */
  readonly chain: readonly [Choice, ...Choice[]];
  readonly passedOver: readonly PassedOver[];
  /** Why the first choice, in a sentence. */
  readonly reason: string;
  /** What the caller should know, though it did not stop the request. */
  readonly warnings: readonly string[];
  /** How far prompt and answer may travel. */
  readonly sensitivity: Sensitivity;
  /** Chance of being as good as the baseline that is wanted, 0 to 1. */
  readonly target: number;
  /** Name of the version of the policy. */
  readonly policyVersion: string;
  /** The arm of an experiment that the caller is in, `experiment/arm`; empty: none. */
  readonly experiment: string;
  /** The first of the chain is tried, and its answer is checked. Absent: what the first answers is given. */
  readonly cascade?: CascadePlan;
}

/** A tier that may not be asked, and why. */
export interface Exclusion {
  readonly tier: Tier;
  readonly because: string;
}

/** What the classifier says of a prompt. */
export interface Judgement extends Classification {
  /** Calls of a model that it took. Absent: none. */
  readonly asked?: readonly Attempt[];
  /** What its wording gives away. Absent: nothing. It only ever raises what the caller said. */
  readonly sensitivity?: Sensitivity;
}

/**
 * Decides which models may answer, in which order; exclusions are tiers that a budget has no room for. Throws Refusal:
 * UNKNOWN_MODEL, NO_CANDIDATE.
 */
export function decide(
  prompt: Prompt,
  judgement: Judgement | undefined,
  policy: DecisionPolicy,
  exclusions: readonly Exclusion[] = [],
): Decision {
  if (prompt.chat.model !== "auto") return decideForModel(prompt, judgement, policy, exclusions);
  const arm = policy.experiments && assign(prompt.caller, policy.experiments);
  const decision = decideFreely(prompt, judgement ?? unknown, arm?.way ?? policy, exclusions);
  return arm ? { ...decision, experiment: arm.name } : decision;
}

/** The policy that holds for a request: that of its caller's arm, or else the one that is given. */
export const policyFor = ({ chat, caller }: Prompt, policy: DecisionPolicy): DecisionPolicy =>
  (chat.model === "auto" && policy.experiments && assign(caller, policy.experiments)?.way) || policy;

/** What a decision was made from, to decide once more. */
export const judgementOf = ({ classification, sensitivity, asked }: Decision): Judgement | undefined =>
  classification && { ...classification, sensitivity, ...(asked && { asked }) };

/** How far prompt and answer may travel: what the caller said, raised by what the wording gives away. */
export const sensitivityOf = ({ hints }: Prompt, judgement: Judgement | undefined): Sensitivity =>
  higherSensitivity(hints.sensitivity, judgement?.sensitivity ?? "SENSITIVITY_UNSPECIFIED");

/** The chance of being as good as the baseline that is wanted, 0 to 1. */
export const targetOf = ({ hints }: Prompt, policy: Pick<DecisionPolicy, "qualityTarget">) =>
  hints.qualityTarget ?? policy.qualityTarget;

const unknown: Classification = {
  task: "TASK_UNSPECIFIED",
  taskConfidence: 0,
  complexity: 1,
  complexityConfidence: 0,
  language: "und",
  classifierVersion: "",
};

/** What an `auto` request is judged by. */
export function rulesOf(
  prompt: Prompt,
  judgement: Judgement | undefined,
  policy: DecisionPolicy,
  exclusions: readonly Exclusion[] = [],
): Rules {
  const classification = judgement ?? unknown;
  const target = targetOf(prompt, policy);
  const lessons = policy.lessons?.() ?? nothingLearned;
  return {
    policy,
    classification,
    sensitivity: sensitivityOf(prompt, judgement),
    priorOf: (policy.appraise ?? judged)(prompt, classification, policy.catalogue),
    adequacyOf: ({ id }, prior) => shifted(prior, lessons.shiftOf(id, classification.task)),
    isAdequate: ({ adequacy }) => adequacy >= target,
    boundsTiers: true,
    exclusions,
    without: policy.without ?? none,
  };
}

const none: ReadonlySet<string> = new Set();

function decideFreely(
  prompt: Prompt,
  judgement: Judgement,
  policy: DecisionPolicy,
  exclusions: readonly Exclusion[],
): Decision {
  const target = targetOf(prompt, policy);
  const { fit, passed } = sieve(prompt, policy.catalogue.models, rulesOf(prompt, judgement, policy, exclusions));
  const rank = policy.rank ?? qualityTarget;
  const { chain, reason } = rank(fit, { prompt, target, latencyMs: policy.latencyMs ?? unknownLatency });
  const decision: Decision = {
    ...outcomeOf(chain.slice(0, policy.maxCandidates), passed, reason, policy),
    classification: classificationOf(judgement),
    asked: judgement.asked,
    sensitivity: sensitivityOf(prompt, judgement),
    target: targetOf(prompt, policy),
  };
  return policy.cascade ? cascading(prompt, decision, fit, policy, policy.cascade) : decision;
}

function cascading(
  prompt: Prompt,
  decision: Decision,
  fit: readonly Choice[],
  policy: DecisionPolicy,
  cascade: CascadePolicy,
): Decision {
  const leftMs = prompt.deadline - (policy.nowMs?.() ?? 0);
  const plan = planCascade(prompt, decision, fit, targetOf(prompt, policy), policy, cascade, leftMs);
  if (!plan) return decision;
  const reason = `"${plan.trial.model.id}" is tried first and its answer checked, which is expected to cost less; ${decision.reason}`;
  return { ...decision, reason, chain: withTrial(decision.chain, plan), cascade: plan };
}

function decideForModel(
  prompt: Prompt,
  judgement: Judgement | undefined,
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
  const rules: Rules = {
    ...rulesOf(prompt, judgement, { ...policy, appraise: judged }, exclusions),
    isAdequate: ({ model }: Candidate) => model === asked.id,
    boundsTiers: false,
    without: none,
  };
  const { fit, passed } = sieve(prompt, named, rules);
  const reason =
    fit[0]?.model === asked
      ? "the model was asked for by name"
      : `"${asked.id}" cannot take the request; its fallback can`;
  return {
    ...outcomeOf(fit.slice(0, policy.maxCandidates), passed, reason, policy),
    classification: judgement && classificationOf(judgement),
    sensitivity: sensitivityOf(prompt, judgement),
    target: targetOf(prompt, policy),
  };
}

const unknownLatency = () => undefined;

const classificationOf = ({ sensitivity: _, asked: __, ...classification }: Judgement): Classification =>
  classification;

function outcomeOf(
  chain: readonly Choice[],
  passed: readonly Passed[],
  reason: string,
  policy: DecisionPolicy,
): Omit<Decision, "classification" | "sensitivity" | "target"> {
  const passedOver = passed.map(passedOverOf);
  const policyVersion = policy.lessons?.().name ?? "";
  return { chain: notEmpty(chain, passedOver), passedOver, reason, warnings: [], policyVersion, experiment: "" };
}

function notEmpty(chain: readonly Choice[], passedOver: readonly PassedOver[]): [Choice, ...Choice[]] {
  const [first, ...others] = chain;
  if (first) return [first, ...others];
  const reasons = passedOver.map(({ model, detail }) => `${model}: ${detail}`).join("; ");
  throw new Refusal("NO_CANDIDATE", `no model can take the request (${reasons})`, {
    metadata: Object.fromEntries(passedOver.map(({ model, reason }) => [`model.${model}`, reason])),
    passedOver,
  });
}
