import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { AnswerValidator } from "../../ports.ts";
import type { Catalogue } from "../catalogue.ts";
import { priceOf } from "../catalogue.ts";
import type { Choice, Decision, DecisionPolicy } from "../decide.ts";
import type { Prompt } from "../request.ts";
import { type AskedFormat, askedFormat } from "./asked-format.ts";

/** When a cheaper model is tried first; the configuration's `router.cascade` says it. */
export interface CascadePolicy {
  /** Whether it is, unless a request says otherwise. */
  readonly enabled: boolean;
  /** For which tasks. Empty: all. */
  readonly tasks: ReadonlySet<Task>;
  /** Whether streams are held back until their answer was checked; otherwise they go straight up. */
  readonly streams: boolean;
  /** Share of the cost that it must be expected to save. */
  readonly minSaving: number;
  /** Least mean log-probability of the tokens, where the provider tells it. */
  readonly minMeanLogprob: number;
  /** Answers of at most so many tokens are asked for twice and compared; 0: none. */
  readonly sampleTwiceUpToTokens: number;
  /** Catalogue id of the model that judges answers; undefined: none does. */
  readonly judge: string | undefined;
  readonly validator: AnswerValidator;
}

/** A cheaper model first, whose answer is checked. */
export interface CascadePlan {
  /** Asked first; its answer counts as adequate once it is accepted. */
  readonly trial: Choice;
  /** What would have been asked first. */
  readonly direct: Choice;
  /** Chance that the answer of the trial is accepted, 0 to 1. */
  readonly acceptance: number;
  readonly expectedCostUsdNanos: bigint;
  readonly directCostUsdNanos: bigint;
  readonly checks: Checks;
}

/** What is done to an answer. */
export interface Checks {
  readonly format: AskedFormat | undefined;
  readonly samplesTwice: boolean;
  /** Who judges it; undefined: nobody. */
  readonly judge: Choice | undefined;
}

/**
 * Shares of the bad answers that a check finds, and of the good ones that it takes for bad. Judgement: what the operator's own
 * traffic shows can only move the chances of the models, not these.
 */
const power = {
  looks: { finds: 0.05, mistakes: 0.01 },
  schema: { finds: 0.35, mistakes: 0 },
  pattern: { finds: 0.5, mistakes: 0 },
  format: { finds: 0.2, mistakes: 0.01 },
  twice: { finds: 0.4, mistakes: 0.05 },
  judge: { finds: 0.7, mistakes: 0.05 },
} as const;

/** Tokens that a judge is given beside the prompt and the answer, and that it writes. */
export const judgeTokens = { input: 220, output: 8 } as const;

/**
 * The cascade that is expected to cost least, where one is expected to cost less than the first of the chain and still to be
 * as good as is wanted; undefined: go straight to it. `fit` is every model that can take the prompt.
 */
export function planCascade(
  prompt: Prompt,
  decision: Pick<Decision, "chain" | "classification">,
  fit: readonly Choice[],
  target: number,
  policy: DecisionPolicy,
  cascade: CascadePolicy,
  leftMs: number,
): CascadePlan | undefined {
  const task = decision.classification?.task ?? "TASK_UNSPECIFIED";
  const [direct] = decision.chain;
  if (!isWanted(prompt, task, cascade)) return undefined;
  const checks = checksOf(prompt, direct, cascade, policy.catalogue);
  const { finds, mistakes } = powerOf(prompt, checks);
  const goal = Math.min(target, direct.candidate.adequacy);
  const directCost = Number(direct.candidate.estimatedCostUsdNanos);
  let best: CascadePlan | undefined;
  let least = directCost * (1 - cascade.minSaving);
  for (const choice of fit) {
    const { adequacy, estimatedCostUsdNanos } = choice.candidate;
    const cost = Number(estimatedCostUsdNanos);
    if (choice.model === direct.model || cost >= least || choice.isAdequate) continue;
    const acceptance = adequacy * (1 - mistakes) + (1 - adequacy) * (1 - finds);
    const quality = adequacy * (1 - mistakes) + (1 - acceptance) * direct.candidate.adequacy;
    const expected = cost + checkCost(prompt, choice, checks) + (1 - acceptance) * directCost;
    if (quality < goal || expected >= least || !fits(prompt, choice, direct, policy, leftMs)) continue;
    least = expected;
    const trial = { ...choice, isAdequate: true };
    best = {
      ...{ trial, direct, acceptance, checks },
      expectedCostUsdNanos: BigInt(Math.ceil(expected)),
      directCostUsdNanos: direct.candidate.estimatedCostUsdNanos,
    };
  }
  return best;
}

function isWanted({ chat, hints, isStreamed }: Prompt, task: Task, policy: CascadePolicy): boolean {
  if (chat.model !== "auto" || (isStreamed && !policy.streams)) return false;
  return hints.cascade ?? (policy.enabled && (policy.tasks.size === 0 || policy.tasks.has(task)));
}

function checksOf(prompt: Prompt, direct: Choice, policy: CascadePolicy, { byId }: Catalogue): Checks {
  const judge = policy.judge === undefined ? undefined : byId.get(policy.judge);
  const isShort = direct.expectedOutputTokens <= policy.sampleTwiceUpToTokens && prompt.chat.tools.length === 0;
  return {
    format: askedFormat(prompt.chat, prompt.systemText, prompt.userText),
    samplesTwice: isShort && (prompt.chat.n ?? 1) === 1,
    judge: judge && { ...direct, model: judge, maxOutputTokens: judgeTokens.output },
  };
}

/** What all checks find together, each on its own. */
function powerOf({ chat, hints }: Prompt, { format, samplesTwice, judge }: Checks) {
  const applied = [
    power.looks,
    ...(chat.responseFormat?.format?.$case === "jsonSchema" || chat.tools.length > 0 ? [power.schema] : []),
    ...(hints.answerPattern ? [power.pattern] : []),
    ...(format ? [power.format] : []),
    ...(samplesTwice ? [power.twice] : []),
    ...(judge ? [power.judge] : []),
  ];
  return {
    finds: 1 - applied.reduce((missed, { finds }) => missed * (1 - finds), 1),
    mistakes: 1 - applied.reduce((right, { mistakes }) => right * (1 - mistakes), 1),
  };
}

/** What checking is expected to cost, in nano-USD. */
function checkCost(
  prompt: Prompt,
  { candidate, expectedOutputTokens }: Choice,
  { samplesTwice, judge }: Checks,
): number {
  const second = samplesTwice ? Number(candidate.estimatedCostUsdNanos) : 0;
  const read = prompt.inputTokens + expectedOutputTokens + judgeTokens.input;
  return second + (judge ? Number(priceOf(read, judgeTokens.output, judge.model.prices)) : 0);
}

/** Whether both could be asked one after the other: within the time that is left, by how long they usually take, and the cost. */
function fits(prompt: Prompt, trial: Choice, direct: Choice, policy: DecisionPolicy, leftMs: number): boolean {
  const { maxCostUsdNanos } = prompt.hints;
  const cost = trial.candidate.estimatedCostUsdNanos + direct.candidate.estimatedCostUsdNanos;
  if (maxCostUsdNanos !== undefined && cost > maxCostUsdNanos) return false;
  const usualMs = (policy.latencyMs?.(trial.model) ?? 0) + (policy.latencyMs?.(direct.model) ?? 0);
  return usualMs * 1.5 <= leftMs;
}

/** The chain with the trial in front. */
export function withTrial([direct, ...others]: Decision["chain"], { trial }: CascadePlan): Decision["chain"] {
  return [trial, direct, ...others.filter(({ model }) => model !== trial.model)];
}
