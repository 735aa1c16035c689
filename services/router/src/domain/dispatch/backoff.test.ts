import { describe, expect, it } from "vitest";
import { pauseBefore } from "./backoff.ts";

const policy = { attemptsPerModel: 4, backoffMs: 200, maxBackoffMs: 600, maxRetryAfterMs: 5_000 };
const pause = (tries: number, random = 0, retryAfterMs?: number) =>
  pauseBefore(policy, tries, retryAfterMs, () => random);

describe("the pause before another try", () => {
  it("doubles up to a bound, with jitter that never makes it nothing", () => {
    expect([1, 2, 3].map((tries) => pause(tries))).toEqual([100, 200, 300]);
    expect([1, 2, 3].map((tries) => pause(tries, 0.999999))).toEqual([
      expect.closeTo(200, 1),
      expect.closeTo(400, 1),
      expect.closeTo(600, 1),
    ]);
  });

  it("is what the provider asked for, where it says", () => {
    expect(pause(1, 0, 2_000)).toBe(2_000);
    expect(pause(1, 0, 0)).toBe(0);
  });
});
