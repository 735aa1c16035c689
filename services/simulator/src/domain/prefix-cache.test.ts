import { describe, expect, it } from "vitest";
import { createPrefixCache } from "./prefix-cache.ts";

const words = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `word${from + at}`).join(" ");

describe("a prefix cache", () => {
  it("has seen nothing at first, and a long prompt the second time", () => {
    const cache = createPrefixCache();
    const prompt = words(2_000);
    expect(cache.tokensSeen("m", prompt)).toBe(0);
    const seen = cache.tokensSeen("m", prompt);
    expect(seen).toBeGreaterThanOrEqual(1024);
    expect(seen % 128).toBe(0);
  });

  it("counts only the beginning that two prompts share", () => {
    const cache = createPrefixCache();
    const shared = words(1_500);
    cache.tokensSeen("m", `${shared} ${words(1_500, 10_000)}`);
    const whole = createPrefixCache();
    whole.tokensSeen("m", shared);
    const seen = cache.tokensSeen("m", `${shared} ${words(1_500, 20_000)}`);
    expect(seen).toBeGreaterThanOrEqual(1024);
    expect(seen).toBeLessThanOrEqual(whole.tokensSeen("m", shared));
  });

  it("does not count a short prompt, another model's or another beginning", () => {
    const cache = createPrefixCache();
    const prompt = words(2_000);
    cache.tokensSeen("m", prompt);
    expect(cache.tokensSeen("m", prompt.slice(0, 1_000))).toBe(0);
    expect(cache.tokensSeen("other", prompt)).toBe(0);
    expect(cache.tokensSeen("m", `x ${prompt}`)).toBe(0);
  });
});
