import type { ChatRequest, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Amount, Budget } from "../../ports.ts";
import type { Background } from "../background.ts";
import { type Catalogue, type CatalogueModel, priceOf, rankOfSensitivity } from "../catalogue.ts";
import { type Decision, type DecisionPolicy, decide, type Judgement, policyFor } from "../decide.ts";
import { isHungUpOn } from "../dispatch/attempt-failure.ts";
import { attemptLog } from "../dispatch/attempts.ts";
import type { DispatchContext } from "../dispatch/dispatch-context.ts";
import { beginLeg } from "../dispatch/leg.ts";
import { counted } from "../dispatch/usage.ts";
import { Refusal } from "../refusal.ts";
import type { Prompt } from "../request.ts";
import { reserve } from "../reserve.ts";
import { countInput } from "../shape.ts";
import { withMargin } from "../upper-bound.ts";
import { keyOf, type Labels } from "./labels.ts";
import { type Label, labelIn, labelTokens, question, type Subject } from "./question.ts";

/** When a model is asked what a prompt is; the configuration's `router.secondOpinion` says it. */
export interface OpinionPolicy {
  readonly enabled: boolean;
  /** Catalogue id of the model; undefined: the cheapest of the economy tier that may see the prompt. */
  readonly model?: string | undefined;
  /** It is asked where the classifier is less sure of the task than this, 0 to 1. */
  readonly belowConfidence: number;
  /** How long it is waited for, in milliseconds; a quarter of the time that is left at most. */
  readonly timeoutMs: number;
  /** What it may cost, as a share of what the answer is expected to cost. */
  readonly maxCostShare: number;
}

/** What became of a second opinion: it was taken, is no label, did not come, or the budget had no room for it. */
export type OpinionVerdict = "taken" | "unreadable" | "failed" | "no_budget";

export interface OpinionContext extends DispatchContext {
  readonly budget: Budget;
  readonly background: Background;
  readonly labels: Labels;
}

/** How sure a model's label is. Judgement, not measurement. */
const sure = { task: 0.75, complexity: 0.6 };
/** The outcome that its attempt is booked with. */
const outcome = "CLASSIFY";

/**
 * Makes better what the classifier was unsure of, by asking an economy model: about the instructions first, whose label is
 * kept for all requests under them, and about the prompt where they are for various things. It never throws, and whatever
 * goes wrong, the judgement stands; what was spent is in it.
 */
export function createSecondOpinion(policy: OpinionPolicy, decisions: DecisionPolicy, context: OpinionContext) {
  const { labels } = context;
  const underWay = new Set<string>();
  const improve = (prompt: Prompt, judgement: Judgement, label: Label, who: string) => {
    const better = merged(judgement, label, who);
    return decided(prompt, better, decisions) ? better : judgement;
  };
  return async (prompt: Prompt, judgement: Judgement): Promise<Judgement> => {
    const key = keyOf(prompt);
    const known = prompt.systemText === "" ? "various" : labels.of(key);
    if (known !== undefined && known !== "various") return improve(prompt, judgement, known, "kept");
    const subject: Subject = known ? "prompt" : "instructions";
    // Others under the same instructions do not wait for their label: the classifier's is good enough for them.
    const plan = underWay.has(key) ? undefined : planned(subject, prompt, judgement, policy, decisions, context);
    if (!plan) return judgement;
    if (subject === "instructions") underWay.add(key);
    const { label, asked, isAnswered } = await ask(subject, plan, prompt, policy, context).finally(() =>
      underWay.delete(key),
    );
    if (subject === "instructions" && isAnswered) labels.keep(key, label ?? "various");
    const better = label && label !== "various" ? improve(prompt, judgement, label, plan.model.id) : judgement;
    return { ...better, asked };
  };
}

/** Whether a second opinion is wanted: the classifier was asked, is unsure, and nobody is in a hurry. */
export const isDoubtful = ({ hints }: Prompt, judgement: Judgement, policy: OpinionPolicy): boolean =>
  policy.enabled &&
  judgement.taskConfidence < policy.belowConfidence &&
  // Where the classifier is down, its outage must not become a call for each request.
  judgement.classifierVersion !== "fallback" &&
  hints.latencyBoundMs === undefined;

/** Half of each: neither the classifier's doubt nor a prompt that talks to the model decides alone how hard it is. */
function merged(judgement: Judgement, { task, complexity }: Label, who: string): Judgement {
  return {
    ...judgement,
    task,
    taskConfidence: Math.max(sure.task, judgement.task === task ? judgement.taskConfidence : 0),
    complexity: (judgement.complexity + complexity) / 2,
    complexityConfidence: Math.max(sure.complexity, judgement.complexityConfidence),
    classifierVersion: `${judgement.classifierVersion}+${who}`,
  };
}

interface Plan {
  readonly model: CatalogueModel;
  readonly chat: ChatRequest;
  readonly inputTokens: number;
  readonly bound: Amount;
}

/** Who is asked what; undefined: it is not worth it, or nobody may be. */
function planned(
  subject: Subject,
  prompt: Prompt,
  judgement: Judgement,
  policy: OpinionPolicy,
  decisions: DecisionPolicy,
  { estimateTokens, resilience }: OpinionContext,
): Plan | undefined {
  const decision = decided(prompt, judgement, decisions);
  if (!decision) return undefined;
  const { systemText, userText, hints } = prompt;
  const chat = question(subject, subject === "instructions" ? systemText : `${systemText}\n\n${userText}`.trim());
  const inputTokens = countInput(chat, estimateTokens);
  const expected = decision.chain[0].cost;
  const room =
    hints.maxCostUsdNanos === undefined ? Number.POSITIVE_INFINITY : Number(hints.maxCostUsdNanos) - expected;
  const affordable = Math.min(expected * policy.maxCostShare, room);
  const { without } = policyFor(prompt, decisions);
  const sensitivity = rankOfSensitivity(decision.sensitivity);
  const isFit = (model: CatalogueModel) =>
    !model.capabilities.has("embeddings") &&
    !without?.has(model.id) &&
    rankOfSensitivity(model.maxSensitivity) >= sensitivity &&
    inputTokens + labelTokens <= model.contextWindow &&
    Number(priceOf(inputTokens, labelTokens, model.prices)) <= affordable &&
    model.deployments.some((place) => resilience.fleet.of(place).breaker.isAdmitting());
  const model = modelsOf(policy, decisions.catalogue).find(isFit);
  if (!model) return undefined;
  const input = withMargin(inputTokens);
  const bound = { tokens: BigInt(input + labelTokens), costUsdNanos: priceOf(input, labelTokens, model.prices) };
  return { model, chat, inputTokens, bound };
}

/** Who may be asked, the cheapest first. */
const modelsOf = ({ model }: OpinionPolicy, { models, byId }: Catalogue): readonly CatalogueModel[] =>
  model === undefined
    ? models.filter(({ tier }) => tier === "TIER_ECONOMY").sort((one, other) => one.prices.input - other.prices.input)
    : [byId.get(model)].filter((named) => named !== undefined);

/** What would be decided; undefined where no model could take the request. */
function decided(prompt: Prompt, judgement: Judgement, decisions: DecisionPolicy): Decision | undefined {
  try {
    return decide(prompt, judgement, decisions);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

interface Asked {
  readonly label: Label | "various" | undefined;
  readonly asked: readonly Attempt[];
  readonly isAnswered: boolean;
}

/** Asks, with a reservation of its own until that of the request holds what it cost. */
async function ask(
  subject: Subject,
  plan: Plan,
  prompt: Prompt,
  policy: OpinionPolicy,
  context: OpinionContext,
): Promise<Asked> {
  const { budget, background, observer } = context;
  const { model, bound } = plan;
  const { caller, signal, deadline } = prompt;
  const requestId = `${prompt.requestId}/opinion`;
  try {
    await reserve({ requestId, caller, signal, deadline }, { tier: model.tier, amount: bound }, { budget, background });
  } catch {
    observer.opined(model.id, "no_budget");
    return { label: undefined, asked: [], isAnswered: false };
  }
  const { response, attempts } = await askOnce(plan, prompt, policy.timeoutMs, context);
  background.run(() => budget.release(requestId, caller));
  const label = response && labelIn(response, subject);
  observer.opined(model.id, !response ? "failed" : label ? "taken" : "unreadable");
  return { label, asked: attempts, isAnswered: response !== undefined };
}

/** One attempt at the healthiest place of the model; without an answer where that fails or takes too long. */
async function askOnce(
  { model, chat, inputTokens }: Plan,
  prompt: Prompt,
  timeoutMs: number,
  { clock, resilience, provider, onUnforeseen }: OpinionContext,
): Promise<{ readonly response: ChatResponse | undefined; readonly attempts: readonly Attempt[] }> {
  const { deployments } = model;
  const deployment = deployments.find((place) => resilience.fleet.of(place).breaker.isAdmitting()) ?? deployments[0];
  const log = attemptLog("whole", clock, resilience);
  using leg = beginLeg(prompt, Math.min(timeoutMs, (prompt.deadline - clock.now()) / 4), clock, onUnforeseen);
  const used = (outputTokens: number) => ({ usage: counted(inputTokens, outputTokens), usageEstimated: true });
  const stop = { choice: { model }, deployment, pauseMs: 0, isNewModel: false };
  const attempt = log.begin(stop, false, () => used(0));
  let response: ChatResponse | undefined;
  try {
    response = await provider.complete(deployment, chat, leg);
    attempt.ended({ ...(response.usage ? { usage: response.usage } : used(labelTokens)), isCheck: true });
  } catch (error) {
    const failure = leg.failureOf(error);
    // Whom we hung up on has read the question.
    attempt.ended({ failure, ...((isHungUpOn(failure) || leg.signal.aborted) && used(0)) });
  }
  return { response, attempts: log.list().map((one) => (one.outcome === "CHECK" ? { ...one, outcome } : one)) };
}
