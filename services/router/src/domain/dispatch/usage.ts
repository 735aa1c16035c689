import type { Usage } from "@switchyard/contracts/vocabulary/chat";

/** Usage as the platform counts it where the provider reports none. */
export function counted(inputTokens: number, outputTokens: number): Usage {
  return {
    inputTokens: BigInt(inputTokens),
    cachedInputTokens: 0n,
    outputTokens: BigInt(outputTokens),
    reasoningTokens: 0n,
    extraJson: "",
  };
}

/** What two attempts took together. */
export function sumOfUsage(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (!one || !other) return one ?? other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    extraJson: other.extraJson,
  };
}
