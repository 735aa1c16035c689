import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest } from "@switchyard/contracts/vocabulary/embedding";
import { invalidRequest } from "@switchyard/rpc";
import { findTarget } from "../domain/find-target.ts";
import type { Target, Targets } from "../ports.ts";

/** The target that a request names by its model and, if it cares, its provider. Throws INVALID_REQUEST, or UNKNOWN_MODEL. */
export function checkedTarget(targets: Targets, { model, provider }: { model: string; provider: string }): Target {
  if (model === "") throw invalidRequest({ field: "model", description: "is required" });
  return findTarget(targets, model, provider);
}

/** What to ask. Throws INVALID_REQUEST where that is nothing. */
export function checkedChat(chat: ChatRequest | undefined): ChatRequest {
  if (chat === undefined) throw invalidRequest({ field: "chat", description: "is required" });
  if (chat.messages.length === 0) {
    throw invalidRequest({ field: "chat.messages", description: "must hold at least one message" });
  }
  return chat;
}

/** A chat request with the key to the provider's prefix cache, where it takes one and the caller names none. */
export function withPromptCacheKey(
  chat: ChatRequest,
  { takesPromptCacheKey }: Target,
  promptCacheKey: string,
): ChatRequest {
  if (!takesPromptCacheKey || promptCacheKey === "" || chat.extraJson.includes('"prompt_cache_key"')) return chat;
  const extra = chat.extraJson === "" ? {} : JSON.parse(chat.extraJson);
  return { ...chat, extraJson: JSON.stringify({ ...extra, prompt_cache_key: promptCacheKey }) };
}

/** What to embed. Throws INVALID_REQUEST unless it is texts or token lists. */
export function checkedEmbedding(embedding: EmbeddingRequest | undefined): EmbeddingRequest {
  if (embedding === undefined) throw invalidRequest({ field: "embedding", description: "is required" });
  if (embedding.texts.length > 0 === embedding.tokenLists.length > 0) {
    throw invalidRequest({ field: "embedding.texts", description: "either texts or token_lists must be set" });
  }
  return embedding;
}
