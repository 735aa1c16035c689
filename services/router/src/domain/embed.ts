import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import type { Attempt, RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Budget, Settlement } from "../ports.ts";
import { type AccessPolicy, admit } from "./admit.ts";
import type { Background } from "./background.ts";
import { type Catalogue, type CatalogueModel, priceOf } from "./catalogue.ts";
import { isHungUpOn } from "./dispatch/attempt-failure.ts";
import { attemptLog } from "./dispatch/attempts.ts";
import type { DispatchContext } from "./dispatch/dispatch-context.ts";
import type { Brought } from "./dispatch/hedge.ts";
import { layOut, type Stop } from "./dispatch/itinerary.ts";
import type { Leg } from "./dispatch/leg.ts";
import { pursue } from "./dispatch/pursue.ts";
import { refuseWhenOver, withAttempts } from "./dispatch/refusals.ts";
import type { Trial } from "./dispatch/trial.ts";
import { Refusal } from "./refusal.ts";
import type { Credentials, Patience } from "./request.ts";
import { reserve } from "./reserve.ts";
import { withMargin } from "./upper-bound.ts";

/** Texts to embed, as they arrived. */
export interface IncomingEmbedding extends Patience {
  readonly embedding: EmbeddingRequest;
  readonly caller: Caller | undefined;
  readonly credentials: Credentials;
}

export interface EmbedContext extends DispatchContext {
  readonly access: AccessPolicy;
  readonly catalogue: Catalogue;
  readonly budget: Budget;
  readonly newRequestId: () => string;
  readonly traceId: () => string;
  readonly background: Background;
}

/** Vectors and how they came about. */
export interface Embedded {
  readonly response: EmbeddingResponse;
  readonly routing: RoutingReport;
}

/** Admit the caller, find the model, reserve, dispatch, settle. Throws Refusal. */
export async function embed(incoming: IncomingEmbedding, context: EmbedContext): Promise<Embedded> {
  const startedUs = context.clock.monotonicUs();
  const { signal, deadline } = incoming;
  const caller = admit(incoming.credentials, incoming.caller, context.access);
  const model = modelFor(incoming.embedding, context.catalogue);
  const requestId = context.newRequestId();
  const inputTokens = countInput(incoming.embedding, context.estimateTokens);
  const bound = withMargin(inputTokens);
  const amount = { tokens: BigInt(bound), costUsdNanos: priceOf(bound, 0, model.prices) };
  refuseWhenOver(incoming, context.clock);
  const warnings = await reserve({ requestId, caller, signal, deadline }, { tier: model.tier, amount }, context);

  const overheadUs = context.clock.monotonicUs() - startedUs;
  const { clock, resilience } = context;
  const log = attemptLog("whole", clock, resilience);
  const describe = () =>
    report({ model, attempts: log.list(), overheadUs, requestId, traceId: context.traceId(), warnings });
  resilience.retries.request();
  let outcome = "ok";
  try {
    const trial: Trial = { ...context, log, kind: "whole", signal, deadline };
    const { retry } = resilience.policy;
    const way = { ...resilience, retry, random: context.random, nowMs: () => clock.now(), deadline };
    const response = await pursue(layOut([{ model }], way), trial, (stop, leg, isHedge) =>
      askOnce({ incoming, stop, leg, isHedge, trial, inputTokens }, context),
    );
    return { response, routing: describe() };
  } catch (error) {
    outcome = error instanceof Refusal ? error.reason : "INTERNAL";
    throw error instanceof Refusal ? withAttempts(error, log.list()) : error;
  } finally {
    const settlement = settlementOf(caller, describe(), outcome);
    context.background.run(() => context.budget.settle(settlement));
  }
}

function settlementOf(caller: Caller, story: RoutingReport, outcome: string): Settlement {
  const { requestId, attempts, cacheVerdict, baselineCostUsdNanos } = story;
  const model = outcome === "ok" ? story.model : "";
  return {
    requestId,
    caller,
    attempts,
    cacheVerdict,
    model,
    baselineCostUsdNanos,
    task: "TASK_UNSPECIFIED",
    outcome,
    promptPrefix: "",
  };
}

/** The model of that name, or the cheapest. Never a fallback to another: vectors of two models do not compare. */
function modelFor({ model }: EmbeddingRequest, { models }: Catalogue): CatalogueModel {
  const able = models.filter(({ capabilities }) => capabilities.has("embeddings"));
  const cheapest = able.toSorted((a, b) => a.prices.input - b.prices.input)[0];
  const found = model === "auto" ? cheapest : able.find(({ id }) => id === model);
  if (found) return found;
  throw new Refusal("UNKNOWN_MODEL", `no embedding model "${model}" in the catalogue`, {
    metadata: { field: "embedding.model", model },
  });
}

function countInput({ texts, tokenLists }: EmbeddingRequest, estimateTokens: (text: string) => number): number {
  const ofTexts = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  return tokenLists.reduce((sum, { tokenIds }) => sum + tokenIds.length, ofTexts);
}

interface Asking {
  readonly incoming: IncomingEmbedding;
  readonly stop: Stop<{ readonly model: CatalogueModel }>;
  readonly leg: Leg;
  readonly isHedge: boolean;
  readonly trial: Trial;
  /** As estimated. */
  readonly inputTokens: number;
}

async function askOnce(
  { incoming, stop, leg, isHedge, trial, inputTokens }: Asking,
  { provider }: EmbedContext,
): Promise<Brought<EmbeddingResponse>> {
  const readOnly = () => ({ usage: inputOnly(BigInt(inputTokens)), usageEstimated: true });
  const attempt = trial.log.begin(stop, isHedge, readOnly);
  try {
    const response = await provider.embed(stop.deployment, incoming.embedding, leg);
    leg[Symbol.dispose]();
    const isReported = response.inputTokens > 0n;
    const usage = inputOnly(isReported ? response.inputTokens : BigInt(inputTokens));
    attempt.ended({ usage, usageEstimated: !isReported });
    return { take: () => response, drop: () => undefined };
  } catch (error) {
    const failure = leg.failureOf(error);
    attempt.ended({ failure, ...(isHungUpOn(failure) && readOnly()) });
    throw failure;
  }
}

const inputOnly = (inputTokens: bigint): Usage => ({
  inputTokens,
  cachedInputTokens: 0n,
  outputTokens: 0n,
  reasoningTokens: 0n,
  extraJson: "",
});

interface Embedding {
  readonly model: CatalogueModel;
  readonly attempts: readonly Attempt[];
  readonly overheadUs: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly warnings: readonly string[];
}

function report({ model, attempts, overheadUs, requestId, traceId, warnings }: Embedding): RoutingReport {
  const answer = attempts.findLast(({ outcome }) => outcome === "ok");
  const costUsdNanos = attempts.reduce((sum, attempt) => sum + attempt.costUsdNanos, 0n);
  return {
    requestId,
    traceId,
    model: model.id,
    provider: answer?.provider ?? model.deployments[0].provider,
    tier: model.tier,
    classification: undefined,
    reason: "the embedding model that was asked for, or the cheapest",
    candidates: [{ model: model.id, tier: model.tier, adequacy: 1, estimatedCostUsdNanos: costUsdNanos }],
    passedOver: [],
    attempts: [...attempts],
    cacheVerdict: "CACHE_VERDICT_BYPASS",
    cacheAgeSeconds: 0n,
    costUsdNanos,
    baselineCostUsdNanos: answer?.costUsdNanos ?? 0n,
    baselineModel: model.id,
    overheadUs: BigInt(Math.round(overheadUs)),
    upstreamUs: attempts.reduce((sum, { durationUs }) => sum + durationUs, 0n),
    warnings: [...warnings],
    continuations: [],
    cacheEntryId: "",
    cacheHitProbability: undefined,
    cascade: undefined,
    policyVersion: "",
    experiment: "",
  };
}
