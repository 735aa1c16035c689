import { describe, expect, it } from "vitest";
import { answer } from "../testing.ts";
import { isComplete } from "./answer.ts";
import { lifeMs } from "./remember.ts";

describe("an answer worth keeping", () => {
  const endedWith = (...reasons: string[]) => {
    const { response } = answer("x");
    return { ...response, choices: reasons.flatMap((reason) => answer("x", reason).response.choices) };
  };

  it.each(["stop", "tool_calls", "function_call"])("is one that ended with %s", (reason) => {
    expect(isComplete(endedWith(reason))).toBe(true);
  });

  it.each(["length", "content_filter", "", "STOP", "error"])("is not one that ended with %j", (reason) => {
    expect(isComplete(endedWith(reason))).toBe(false);
    expect(isComplete(endedWith("stop", reason))).toBe(false);
  });

  it("has a choice, and a message in it", () => {
    expect(isComplete(endedWith())).toBe(false);
    const silent = endedWith("stop");
    expect(
      isComplete({ ...silent, choices: silent.choices.map((choice) => ({ ...choice, message: undefined })) }),
    ).toBe(false);
  });
});

describe("the life of an entry", () => {
  const lives = { ttlSeconds: 100, idempotencyTtlSeconds: 1_000 };

  it("is the configured one, or a shorter one that was asked for", () => {
    expect(lifeMs("exact", lives, 0, undefined)).toBe(100_000);
    expect(lifeMs("exact", lives, 0, 10)).toBe(10_000);
    expect(lifeMs("exact", lives, 0, 1_000)).toBe(100_000);
    expect(lifeMs("exact", lives, 5, 10)).toBe(5_000);
  });

  it("of an idempotency key is its ticket's, never longer than configured nor shortened by the caller", () => {
    expect(lifeMs("replay", lives, 1_000, 10)).toBe(1_000_000);
    expect(lifeMs("replay", lives, 50, 10)).toBe(50_000);
    expect(lifeMs("replay", lives, 9_999, undefined)).toBe(1_000_000);
  });
});
