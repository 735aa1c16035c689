import { describe, expect, it } from "vitest";
import { fromUsage } from "./openai-usage.ts";

describe("fromUsage", () => {
  it("knows nothing where nothing is reported", () => {
    expect(fromUsage(null)).toBeUndefined();
    expect(fromUsage(undefined)).toBeUndefined();
  });

  it("takes cached tokens from wherever the provider counts them", () => {
    const cached = (usage: object) => fromUsage({ prompt_tokens: 10, ...usage })?.cachedInputTokens;
    expect(cached({ prompt_tokens_details: { cached_tokens: 4 } })).toBe(4n);
    expect(cached({ prompt_cache_hit_tokens: 5 })).toBe(5n);
    expect(cached({ cached_tokens: 6 })).toBe(6n);
    expect(cached({})).toBe(0n);
  });

  it("counts reasoning as output where only the total shows it", () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 40,
      completion_tokens_details: { reasoning_tokens: 25 },
    };
    expect(fromUsage(usage)).toMatchObject({ inputTokens: 10n, outputTokens: 30n, reasoningTokens: 25n });
  });

  it("never finds more cached than input, or less than nothing", () => {
    expect(fromUsage({ prompt_tokens: 10, cached_tokens: 99, completion_tokens: -3 })).toMatchObject({
      cachedInputTokens: 10n,
      outputTokens: 0n,
    });
    expect(fromUsage({ prompt_tokens: "10", completion_tokens: 1.5 })).toMatchObject({
      inputTokens: 0n,
      outputTokens: 1n,
    });
  });
});
