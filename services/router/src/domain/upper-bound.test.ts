import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import { describe, expect, it } from "vitest";
import { economy, policy, premium, prompt, usage } from "../testing/fixtures.ts";
import { decide } from "./decide.ts";
import { affordableOutput, upperBound, withMargin } from "./upper-bound.ts";

const alone = { hedge: false, continuation: false };
const attempt = (inputTokens: bigint, outputTokens: bigint, costUsdNanos: bigint): Attempt => ({
  model: "large",
  provider: "somewhere",
  outcome: "UPSTREAM_BROKEN_ANSWER",
  durationUs: 0n,
  timeToFirstTokenUs: 0n,
  usage: usage(inputTokens, outputTokens),
  usageEstimated: false,
  costUsdNanos,
  hedge: false,
  continued: false,
});

describe("the most that a request can use", () => {
  const boundOf = (extra: typeof alone, isStreamed = true, chat = {}) => {
    const asked = prompt({ isStreamed }, { model: "large", maxTokens: 100, ...chat });
    return upperBound(asked, decide(asked, undefined, policy), extra);
  };
  const inputTokens = withMargin(prompt({}, { model: "large" }).inputTokens);

  it("is what the dearest model of the chain may read and write", () => {
    expect(boundOf(alone)).toEqual({
      tokens: BigInt(inputTokens + 100),
      costUsdNanos: BigInt(inputTokens * 2_500 + 100 * 10_000),
    });
  });

  it("counts what is written for every choice", () => {
    expect(boundOf(alone, true, { n: 3 }).tokens).toBe(BigInt(inputTokens + 300));
  });

  it("is twice that where a second may be asked beside the first", () => {
    const one = boundOf(alone);
    expect(boundOf({ ...alone, hedge: true })).toEqual({
      tokens: one.tokens * 2n,
      costUsdNanos: one.costUsdNanos * 2n,
    });
  });

  it("has the prompt once more where another may go on with a stream, and only there", () => {
    const continuation = { ...alone, continuation: true };
    expect(boundOf(continuation).tokens).toBe(BigInt(inputTokens * 2 + 100));
    expect(boundOf(continuation, false)).toEqual(boundOf(alone, false));
  });
});

describe("the output that a reservation still pays for", () => {
  const reserved = { tokens: 1_000n, costUsdNanos: 10_000_000n };

  it("is what the tokens leave", () => {
    expect(affordableOutput(reserved, [attempt(100n, 50n, 0n)], economy, 200)).toBe(650);
  });

  it("is what the money leaves, where that is less", () => {
    expect(affordableOutput(reserved, [attempt(100n, 50n, 5_000_000n)], premium, 200)).toBe(450);
  });

  it("is nothing where reading the prompt again takes more than is left", () => {
    expect(affordableOutput(reserved, [attempt(900n, 50n, 0n)], economy, 200)).toBeLessThan(0);
    expect(affordableOutput(reserved, [attempt(100n, 50n, 9_900_000n)], premium, 200)).toBeLessThan(0);
  });

  it("does not make a model that writes for nothing one that reads for nothing", () => {
    const free = { ...premium, prices: { input: 2_500, cachedInput: 0, output: 0 } };
    expect(affordableOutput(reserved, [], free, 200)).toBe(800);
    expect(affordableOutput(reserved, [attempt(1n, 1n, 9_900_000n)], free, 200)).toBeLessThan(0);
  });

  it("keeps the sum of both within the reservation, whatever was written before the break", () => {
    const asked = prompt({ isStreamed: true }, { model: "large", maxTokens: 1_000 });
    const bound = upperBound(asked, decide(asked, undefined, policy), { hedge: false, continuation: true });
    for (let written = 0; written <= 1_000; written += 10) {
      const cost = asked.inputTokens * 2_500 + written * 10_000;
      const first = attempt(BigInt(asked.inputTokens), BigInt(written), BigInt(cost));
      const again = withMargin(asked.inputTokens + written);
      const output = Math.max(0, affordableOutput(bound, [first], premium, again));
      if (output === 0) continue;
      expect(asked.inputTokens + written + again + output).toBeLessThanOrEqual(Number(bound.tokens));
      expect(cost + again * 2_500 + output * 10_000).toBeLessThanOrEqual(Number(bound.costUsdNanos));
    }
  });
});
