import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import { addExtra } from "./json.ts";

/** What an answer used, as OpenAI's API says it. */
export function usageJson(usage: Usage): object {
  const promptTokens = Number(usage.inputTokens);
  const completionTokens = Number(usage.outputTokens);
  return addExtra(
    {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: Number(usage.cachedInputTokens) },
      completion_tokens_details: { reasoning_tokens: Number(usage.reasoningTokens) },
    },
    usage.extraJson,
  );
}
