import { describe, expect, it } from "vitest";
import { pauseBefore } from "./backoff.ts";

const policy = { attemptsPerModel: 4, backoffMs: 200, maxBackoffMs: 600, maxRetryAfterMs: 5_000 };
const failed = { attemptNumber: 1, retryAfterMs: undefined, isLastCandidate: false, leftMs: 60_000 };
const pause = (change: object, random = 0) => pauseBefore(policy, { ...failed, ...change }, () => random);

describe("the pause before another try", () => {
  it("doubles up to a bound, with jitter that never makes it nothing", () => {
    expect([1, 2, 3].map((attemptNumber) => pause({ attemptNumber }))).toEqual([100, 200, 300]);
    expect([1, 2, 3].map((attemptNumber) => pause({ attemptNumber }, 0.999999))).toEqual([
      expect.closeTo(200, 1),
      expect.closeTo(400, 1),
      expect.closeTo(600, 1),
    ]);
  });

  it("is what the provider asked for, where it says", () => {
    expect(pause({ retryAfterMs: 2_000 })).toBe(2_000);
    expect(pause({ retryAfterMs: 0 })).toBe(0);
  });

  it("is not taken when the tries are used up, or it does not fit the caller's time", () => {
    expect(pause({ attemptNumber: 4 })).toBeUndefined();
    expect(pause({ leftMs: 50 })).toBeUndefined();
    expect(pause({ retryAfterMs: 2_000, leftMs: 1_000 })).toBeUndefined();
  });

  it("of a long Retry-After is taken only when no other candidate is left", () => {
    expect(pause({ retryAfterMs: 30_000 })).toBeUndefined();
    expect(pause({ retryAfterMs: 30_000, isLastCandidate: true })).toBe(30_000);
  });
});
