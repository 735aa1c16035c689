import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import type { Attempt, RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Budget, Clock, Provider, Settlement } from "../ports.ts";
import { type AccessPolicy, admit } from "./admit.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { attemptLog } from "./attempts.ts";
import type { Background } from "./background.ts";
import type { RetryPolicy } from "./backoff.ts";
import { type Catalogue, type CatalogueModel, priceOf } from "./catalogue.ts";
import { Refusal } from "./refusal.ts";
import type { Credentials, Patience } from "./request.ts";
import { reserve, withMargin } from "./reserve.ts";
import { refuseWhenOver, type Trial, tryModels } from "./try-models.ts";

/** Texts to embed, as they arrived. */
export interface IncomingEmbedding extends Patience {
  readonly embedding: EmbeddingRequest;
  readonly caller: Caller | undefined;
  readonly credentials: Credentials;
}

export interface EmbedContext {
  readonly access: AccessPolicy;
  readonly catalogue: Catalogue;
  readonly budget: Budget;
  readonly provider: Provider;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly estimateTokens: (text: string) => number;
  readonly newRequestId: () => string;
  readonly traceId: () => string;
  readonly background: Background;
  readonly onUnforeseen: (error: unknown) => void;
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
  await reserve({ requestId, caller, signal, deadline }, amount, context.budget, context.background);

  const overheadUs = context.clock.monotonicUs() - startedUs;
  const log = attemptLog(context.clock);
  const describe = () => report(model, log.list(), overheadUs, requestId, context.traceId());
  let outcome = "ok";
  try {
    const trial: Trial = { ...context, log, signal, deadline };
    const response = await tryModels([{ model }], trial, () => askOnce(incoming, model, trial, context, inputTokens));
    return { response, routing: describe() };
  } catch (error) {
    outcome = error instanceof Refusal ? error.reason : "INTERNAL";
    throw error;
  } finally {
    const settlement = settlementOf(caller, describe(), outcome);
    context.background.run(() => context.budget.settle(settlement));
  }
}

function settlementOf(caller: Caller, story: RoutingReport, outcome: string): Settlement {
  const { requestId, attempts, cacheVerdict, baselineCostUsdNanos } = story;
  const model = outcome === "ok" ? story.model : "";
  return { requestId, caller, attempts, cacheVerdict, model, baselineCostUsdNanos, task: "TASK_UNSPECIFIED", outcome };
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

async function askOnce(
  incoming: IncomingEmbedding,
  model: CatalogueModel,
  { log }: Trial,
  { provider }: EmbedContext,
  estimatedTokens: number,
): Promise<EmbeddingResponse> {
  const ended = log.begin(model);
  try {
    const response = await provider.embed(model.id, incoming.embedding, incoming);
    const isReported = response.inputTokens > 0n;
    ended({
      outcome: "ok",
      usage: inputOnly(isReported ? response.inputTokens : BigInt(estimatedTokens)),
      usageEstimated: !isReported,
    });
    return response;
  } catch (error) {
    ended({ outcome: error instanceof AttemptFailure ? error.reason : "INTERNAL" });
    throw error;
  }
}

const inputOnly = (inputTokens: bigint): Usage => ({
  inputTokens,
  cachedInputTokens: 0n,
  outputTokens: 0n,
  reasoningTokens: 0n,
  extraJson: "",
});

function report(
  model: CatalogueModel,
  attempts: readonly Attempt[],
  overheadUs: number,
  requestId: string,
  traceId: string,
): RoutingReport {
  const costUsdNanos = attempts.reduce((sum, attempt) => sum + attempt.costUsdNanos, 0n);
  return {
    requestId,
    traceId,
    model: model.id,
    provider: model.provider,
    tier: model.tier,
    classification: undefined,
    reason: "the embedding model that was asked for, or the cheapest",
    candidates: [{ model: model.id, tier: model.tier, adequacy: 1, estimatedCostUsdNanos: costUsdNanos }],
    passedOver: [],
    attempts: [...attempts],
    cacheVerdict: "CACHE_VERDICT_BYPASS",
    cacheAgeSeconds: 0n,
    costUsdNanos,
    baselineCostUsdNanos: costUsdNanos,
    baselineModel: model.id,
    overheadUs: BigInt(Math.round(overheadUs)),
    upstreamUs: attempts.reduce((sum, { durationUs }) => sum + durationUs, 0n),
    warnings: [],
    continuations: [],
  };
}
