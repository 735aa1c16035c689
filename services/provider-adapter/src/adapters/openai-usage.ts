import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import { extraJson, furtherFields, isObject, type JsonObject, withNested } from "./json-fields.ts";

const usageFields = new Set([
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "prompt_tokens_details",
  "completion_tokens_details",
]);
const promptFields = new Set(["cached_tokens"]);
const completionFields = new Set(["reasoning_tokens"]);

/** What an answer used, in whatever fields the provider reports it; undefined if it reports nothing. */
export function fromUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const prompt = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const completion = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const input = countOf(usage.prompt_tokens);
  // Some providers (xAI, Gemini) leave reasoning out of completion_tokens, and only the total tells.
  const output = Math.max(countOf(usage.completion_tokens), countOf(usage.total_tokens) - input);
  const cached = prompt.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens;
  return {
    inputTokens: BigInt(input),
    cachedInputTokens: BigInt(Math.min(countOf(cached), input)),
    outputTokens: BigInt(output),
    reasoningTokens: BigInt(Math.min(countOf(completion.reasoning_tokens), output)),
    extraJson: extraJson(furtherUsage(usage, prompt, completion)),
  };
}

function furtherUsage(usage: JsonObject, prompt: JsonObject, completion: JsonObject): JsonObject | undefined {
  const further = furtherFields(usage, usageFields);
  const withPrompt = withNested(further, "prompt_tokens_details", furtherFields(prompt, promptFields));
  return withNested(withPrompt, "completion_tokens_details", furtherFields(completion, completionFields));
}

/** A count as a whole number from 0; 0 for anything else. */
export function countOf(value: unknown): number {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? Math.trunc(value) : 0;
}
