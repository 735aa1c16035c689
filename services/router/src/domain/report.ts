import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type {
  Attempt,
  CacheVerdict,
  Cascade,
  PassedOver,
  RoutingReport,
} from "@switchyard/contracts/vocabulary/routing";
import type { Settlement, StoredAnswer } from "../ports.ts";
import type { CascadePlan } from "./cascade/plan.ts";
import { type Catalogue, costUsdNanos } from "./catalogue.ts";
import type { Choice, Decision } from "./decide.ts";
import type { Outcome } from "./dispatch/outcome.ts";
import type { Recalled } from "./flight/recall.ts";
import { promptPrefixOf } from "./prompt-layout.ts";
import type { Prompt } from "./request.ts";

/** How a request that a model answered (or will answer) came about. */
export function reportOf(
  prompt: Prompt,
  { verdict, embeddings = [] }: Pick<Recalled, "verdict"> & Partial<Pick<Recalled, "embeddings">>,
  decision: Decision,
  outcome: Outcome,
  catalogue: Catalogue,
): RoutingReport {
  const { model } = outcome.answeredBy ?? decision.chain[0];
  const provider = outcome.provider ?? model.deployments[0].provider;
  const begun = attemptsGoneOnWith(outcome);
  const { asked = [] } = decision;
  const askedUs = totalTime(asked);
  return {
    requestId: prompt.requestId,
    traceId: prompt.traceId,
    model: model.id,
    provider,
    tier: model.tier,
    classification: decision.classification,
    reason: reasonOf(decision, outcome),
    candidates: decision.chain.map(({ candidate }) => candidate),
    passedOver: [...decision.passedOver, ...outcome.spared.map(sparedModel)],
    attempts: [
      ...embeddings,
      ...asked,
      ...outcome.attempts.map((attempt) => (begun.includes(attempt) ? { ...attempt, continued: true } : attempt)),
    ],
    cacheVerdict: verdict,
    cacheAgeSeconds: 0n,
    costUsdNanos: totalCost(embeddings) + totalCost(asked) + totalCost(outcome.attempts),
    baselineCostUsdNanos: baselineCost(outcome.attempts, begun, catalogue),
    baselineModel: catalogue.baseline.id,
    overheadUs: BigInt(Math.round(outcome.dispatchedUs - prompt.arrivedUs)) - askedUs,
    upstreamUs: askedUs + totalTime(outcome.attempts),
    warnings: warningsOf(verdict, decision, outcome),
    continuations: [...outcome.continuations],
    cacheEntryId: "",
    cacheHitProbability: undefined,
    cascade: decision.cascade && cascadeOf(decision.cascade, outcome),
    policyVersion: decision.policyVersion,
    experiment: decision.experiment,
  };
}

/**
 * How a request came about whose answer was recalled; `answeredUs` is by the monotonic clock. Waiting for another's answer is
 * waiting for a provider.
 */
export function reportOfHit(
  prompt: Prompt,
  recalled: Recalled,
  answer: StoredAnswer,
  catalogue: Catalogue,
  answeredUs: number,
): RoutingReport {
  const { embeddings, growing, likeness } = recalled;
  const ownUs = (growing ? recalled.recalledUs : answeredUs) - prompt.arrivedUs - recalled.waitedUs;
  return {
    requestId: prompt.requestId,
    traceId: prompt.traceId,
    model: answer.model,
    provider: answer.provider,
    tier: answer.tier,
    classification: undefined,
    reason: reasonOfHit(recalled),
    candidates: [],
    passedOver: [],
    attempts: [...embeddings],
    cacheVerdict: growing ? "CACHE_VERDICT_COALESCED" : recalled.verdict,
    cacheAgeSeconds: recalled.ageSeconds,
    costUsdNanos: totalCost(embeddings),
    baselineCostUsdNanos: answer.baselineCostUsdNanos,
    baselineModel: catalogue.baseline.id,
    overheadUs: BigInt(Math.round(ownUs)),
    upstreamUs: BigInt(Math.round(answeredUs - prompt.arrivedUs - ownUs)),
    warnings: [],
    continuations: [],
    cacheEntryId: recalled.entryId,
    cacheHitProbability: likeness?.probability,
    cascade: undefined,
    policyVersion: "",
    experiment: "",
  };
}

/** The label by which the ledger tells the arms of an experiment apart. */
export const experimentLabel = "switchyard.experiment";

const labelled = (caller: Caller, experiment: string): Caller => ({
  ...caller,
  labels: { ...caller.labels, [experimentLabel]: experiment },
});

/** What the ledger is told of a request that was refused before a model was asked for an answer, and had cost something. */
export const settlementOfRefused = (
  { requestId, caller }: Prompt,
  verdict: CacheVerdict,
  attempts: readonly Attempt[],
  outcome: string,
): Settlement => ({
  ...{ requestId, caller, attempts, outcome, cacheVerdict: verdict },
  ...{ model: "", baselineCostUsdNanos: 0n, task: "TASK_UNSPECIFIED", promptPrefix: "" },
});

/** What the ledger is told when all is over. */
export function settlementOf(prompt: Prompt, report: RoutingReport, outcome: Outcome | undefined): Settlement {
  return {
    requestId: prompt.requestId,
    caller: report.experiment === "" ? prompt.caller : labelled(prompt.caller, report.experiment),
    attempts: report.attempts,
    cacheVerdict: report.cacheVerdict,
    model: outcome?.refusal ? "" : report.model,
    baselineCostUsdNanos: report.baselineCostUsdNanos,
    task: report.classification?.task ?? "TASK_UNSPECIFIED",
    outcome: outcome?.refusal?.reason ?? "ok",
    promptPrefix: outcome ? promptPrefixOf(prompt.chat) : "",
  };
}

function reasonOfHit({ verdict, growing, likeness }: Recalled): string {
  if (growing || verdict === "CACHE_VERDICT_COALESCED") return "the same request was on its way already";
  if (!likeness) return "the cache held the answer";
  return `a request of the same meaning was answered before (cosine ${likeness.cosine.toFixed(3)})`;
}

const cascadeOf = (plan: CascadePlan, { trial, attempts }: Outcome): Cascade => ({
  model: plan.trial.model.id,
  verdict: trial?.verdict ?? (attempts.length === 0 ? "planned" : "failed"),
  finding: trial?.finding?.reason ?? "",
  acceptance: plan.acceptance,
  expectedCostUsdNanos: plan.expectedCostUsdNanos,
  directCostUsdNanos: plan.directCostUsdNanos,
});

const sparedModel = (model: string): PassedOver => ({
  model,
  reason: "unavailable",
  detail: "its circuit breaker is open: it failed too often or took too long lately, or asked for a long pause",
});

/** Ends of attempts that are no failures of the place that was asked. */
const ordinaryEnds: ReadonlySet<string> = new Set(["ok", "CANCELLED", "INADEQUATE", "CHECK"]);

function reasonOf({ reason, chain, cascade }: Decision, outcome: Outcome): string {
  const { attempts, answeredBy, continuations, trial } = outcome;
  const failed = attempts.filter((attempt) => !ordinaryEnds.has(attempt.outcome)).length;
  const news = failed === 0 ? [] : [`${failed} failed ${failed === 1 ? "attempt" : "attempts"}`];
  const first = trial?.verdict === "escalated" ? cascade?.direct : chain[0];
  if (trial?.finding) news.push(`the answer of "${chain[0].model.id}" was not accepted: ${trial.finding.detail}`);
  if (trial?.verdict === "kept") news.push("it is given all the same, since no other model answered");
  else if (answeredBy && answeredBy !== first && answeredBy.model !== first?.model)
    news.push(`"${answeredBy.model.id}" stands in for it`);
  else if (answeredBy && wasAskedAgain(answeredBy, attempts)) news.push("it was asked again");
  if (continuations.length > 0) news.push("the answer was written by more than one model");
  return news.length === 0 ? reason : `${reason}; ${news.join(", ")}`;
}

const wasAskedAgain = ({ model }: Choice, attempts: readonly Attempt[]) =>
  attempts.filter((attempt) => attempt.model === model.id && attempt.outcome !== "CHECK").length > 1;

function warningsOf(verdict: CacheVerdict, { warnings }: Decision, { trial }: Outcome): string[] {
  return [
    ...(verdict === "CACHE_VERDICT_UNAVAILABLE" ? ["the cache could not be reached"] : []),
    ...(trial?.verdict === "kept" ? ["the answer did not pass its checks, and no other model answered"] : []),
    ...warnings,
  ];
}

/** The attempts that broke and that another went on with: what they wrote is in the answer. */
function attemptsGoneOnWith({ attempts, continuations }: Outcome): readonly Attempt[] {
  return continuations.flatMap(({ fromModel, cause, method }) =>
    method === "anew"
      ? []
      : (attempts.findLast(({ model, outcome }) => model === fromModel && outcome === cause) ?? []),
  );
}

const totalTime = (attempts: readonly Attempt[]) => attempts.reduce((sum, { durationUs }) => sum + durationUs, 0n);

const totalCost = (attempts: readonly Attempt[]) => attempts.reduce((sum, attempt) => sum + attempt.costUsdNanos, 0n);

/**
 * The answer's tokens at the baseline's prices; failed attempts would not have happened there, and an answer that several
 * models wrote would have been one, read once.
 */
function baselineCost(attempts: readonly Attempt[], begun: readonly Attempt[], { baseline }: Catalogue): bigint {
  const last = attempts.findLast(({ outcome }) => outcome === "ok")?.usage;
  if (!last) return 0n;
  const before = begun.flatMap(({ usage }) => usage ?? []);
  const { inputTokens, cachedInputTokens } = before[0] ?? last;
  const outputTokens = before.reduce((sum, usage) => sum + usage.outputTokens, last.outputTokens);
  return costUsdNanos({ ...last, inputTokens, cachedInputTokens, outputTokens }, baseline.prices);
}
