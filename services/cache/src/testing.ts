import { ChatRequest, ChatResponse, type ContentPart, Message } from "@switchyard/contracts/type/v1/chat";
import { Tier } from "@switchyard/contracts/type/v1/routing";
import type { Answer } from "./domain/answer.ts";

export const textPart = (value: string): ContentPart => ({ part: { $case: "text", value }, extraJson: "" });

/** A chat request of one user message, with whatever else a test wants. */
export function chatRequest(fields: Parameters<typeof ChatRequest.create>[0] = {}): ChatRequest {
  return ChatRequest.create({
    model: "auto",
    messages: [{ role: "ROLE_USER", content: [textPart("What is the capital of France?")] }],
    ...fields,
  });
}

/** A complete answer that says `text`. */
export function answer(text: string, finishReason = "stop"): Answer & { response: ChatResponse } {
  const message = Message.create({ role: "ROLE_ASSISTANT", content: [textPart(text)] });
  return {
    response: ChatResponse.create({ id: "chatcmpl-1", choices: [{ index: 0, message, finishReason }] }),
    model: "qwen3-8b",
    provider: "compatible",
    tier: Tier.ECONOMY,
    baselineCostUsdNanos: 1_000_000n,
    costUsdNanos: 1_000n,
  };
}
