import { ChatChunk, ChatResponse } from "@switchyard/contracts/type/v1/chat";
import { RoutingReport } from "@switchyard/contracts/type/v1/routing";

/** A routing report with every field set, and what a test changes. */
export const aReport = (changes: Partial<RoutingReport> = {}): RoutingReport => ({
  ...RoutingReport.create({
    requestId: "req-1",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    model: "qwen3-8b",
    provider: "compatible",
    tier: "TIER_ECONOMY",
    classification: {
      task: "TASK_CODE",
      taskConfidence: 0.9,
      complexity: 0.25,
      complexityConfidence: 0.8,
      language: "en",
      classifierVersion: "rules/1",
    },
    reason: "the cheapest that is good enough",
    candidates: [{ model: "qwen3-8b", tier: "TIER_ECONOMY", adequacy: 0.95, estimatedCostUsdNanos: 2_000n }],
    passedOver: [{ model: "gpt-4o", reason: "quality", detail: "a cheaper one is good enough" }],
    attempts: [
      {
        model: "qwen3-8b",
        provider: "compatible",
        outcome: "ok",
        durationUs: 120_000n,
        timeToFirstTokenUs: 40_000n,
        usage: { inputTokens: 9n, outputTokens: 3n },
        costUsdNanos: 1_235n,
      },
    ],
    cacheVerdict: "CACHE_VERDICT_MISS",
    costUsdNanos: 1_235n,
    baselineCostUsdNanos: 52_500n,
    baselineModel: "gpt-4o",
    overheadUs: 850n,
    upstreamUs: 120_000n,
  }),
  ...changes,
});

/** A whole answer that says `text`. */
export const anAnswer = (text = "Hello!"): ChatResponse =>
  ChatResponse.create({
    id: "chatcmpl-1",
    created: 1_700_000_000n,
    model: "qwen3-8b-upstream",
    choices: [
      {
        message: { role: "ROLE_ASSISTANT", content: [{ part: { $case: "text", value: text } }] },
        finishReason: "stop",
      },
    ],
    usage: { inputTokens: 9n, cachedInputTokens: 4n, outputTokens: 3n, reasoningTokens: 1n },
  });

type ChunkParts = NonNullable<Parameters<typeof ChatChunk.create>[0]>;

/** A chunk with what a test says of it. */
export const aChunk = (parts: ChunkParts = {}): ChatChunk =>
  ChatChunk.create({ id: "chatcmpl-1", created: 1_700_000_000n, model: "qwen3-8b-upstream", ...parts });

/** A chunk that adds text to the first choice. */
export const textChunk = (content: string): ChatChunk => aChunk({ choices: [{ delta: { content } }] });

/** A chunk that ends the first choice. */
export const endChunk = (finishReason = "stop"): ChatChunk => aChunk({ choices: [{ delta: {}, finishReason }] });

/** A chunk that only tells the usage. */
export const usageChunk = (): ChatChunk => aChunk({ usage: { inputTokens: 9n, outputTokens: 3n } });
