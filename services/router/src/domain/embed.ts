import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import type { Attempt, RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Budget, Clock, Provider } from "../ports.ts";
import { type AccessPolicy, admit } from "./admit.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { attemptLog } from "./attempts.ts";
import type { RetryPolicy } from "./backoff.ts";
import { type Catalogue, type CatalogueModel, priceOf } from "./catalogue.ts";
import { Refusal } from "./refusal.ts";
import type { Credentials, Patience } from "./request.ts";
import { type Trial, tryModels } from "./try-models.ts";

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
  readonly afterwards: (name: string, work: () => Promise<void>) => void;
}

/** Vectors and how they came about. */
export interface Embedded {
  readonly response: EmbeddingResponse;
  readonly routing: RoutingReport;
}

/** Admit the caller, find the models, reserve, dispatch, settle. Throws Refusal. */
export async function embed(incoming: IncomingEmbedding, context: EmbedContext): Promise<Embedded> {
  const startedUs = context.clock.monotonicUs();
  const caller = admit(incoming.credentials, incoming.caller, context.access);
  const chain = modelsFor(incoming.embedding, context.catalogue);
  const requestId = context.newRequestId();
  const inputTokens = countInput(incoming.embedding, context.estimateTokens);
  const dearest = Math.max(...chain.map(({ prices }) => prices.input));
  const amount = { tokens: BigInt(inputTokens), costUsdNanos: BigInt(Math.ceil(inputTokens * dearest)) };
  await context.budget.reserve(requestId, caller, amount, incoming);
  const overheadUs = context.clock.monotonicUs() - startedUs;

  const log = attemptLog(context.clock);
  const trial: Trial = { ...context, log, signal: incoming.signal, deadline: incoming.deadline };
  const settle = (outcome: string, model: string) => {
    const attempts = log.list();
    context.afterwards("settle", () =>
      context.budget.settle({
        requestId,
        caller,
        attempts,
        cacheVerdict: "CACHE_VERDICT_BYPASS",
        model,
        baselineCostUsdNanos: attempts.reduce((sum, attempt) => sum + attempt.costUsdNanos, 0n),
        task: "TASK_UNSPECIFIED",
        outcome,
      }),
    );
  };
  try {
    const [model, response] = await tryModels(
      chain.map((model) => ({ model })),
      trial,
      async ({ model }) => [model, await askOnce(incoming, model, trial, context, inputTokens)] as const,
    );
    settle("ok", model.id);
    const routing = { ...report(model, log.list(), overheadUs), requestId, traceId: context.traceId() };
    return { response, routing };
  } catch (error) {
    settle(error instanceof Refusal ? error.reason : "INTERNAL", "");
    throw error;
  }
}

function modelsFor({ model }: EmbeddingRequest, { models }: Catalogue): CatalogueModel[] {
  const able = models.filter(
    ({ id, capabilities }) => capabilities.has("embeddings") && (model === "auto" || id === model),
  );
  if (able.length > 0) return able.sort((a, b) => a.prices.input - b.prices.input);
  throw new Refusal("UNKNOWN_MODEL", `model: no embedding model "${model}" in the catalogue`, {
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

function report(model: CatalogueModel, attempts: readonly Attempt[], overheadUs: number) {
  const costUsdNanos = attempts.reduce((sum, attempt) => sum + attempt.costUsdNanos, 0n);
  const inputTokens = Number(attempts.at(-1)?.usage?.inputTokens ?? 0n);
  return {
    model: model.id,
    provider: model.provider,
    tier: model.tier,
    classification: undefined,
    reason: "the cheapest embedding model that answers to the name",
    candidates: [
      { model: model.id, tier: model.tier, adequacy: 1, estimatedCostUsdNanos: priceOf(inputTokens, 0, model.prices) },
    ],
    passedOver: [],
    attempts: [...attempts],
    cacheVerdict: "CACHE_VERDICT_BYPASS" as const,
    cacheAgeSeconds: 0n,
    costUsdNanos,
    baselineCostUsdNanos: costUsdNanos,
    baselineModel: model.id,
    overheadUs: BigInt(Math.round(overheadUs)),
    upstreamUs: attempts.reduce((sum, { durationUs }) => sum + durationUs, 0n),
    warnings: [],
  };
}
