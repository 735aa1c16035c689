import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import { describe, expect, it } from "vitest";
import { policy, prompt, usage } from "../testing/fixtures.ts";
import { decide } from "./decide.ts";
import { notAsked, type Outcome } from "./dispatch/outcome.ts";
import { reportOf } from "./report.ts";

const attempt = (model: string, outcome: string, inputTokens: bigint, outputTokens: bigint): Attempt => ({
  model,
  provider: "somewhere",
  outcome,
  durationUs: 0n,
  timeToFirstTokenUs: 0n,
  usage: usage(inputTokens, outputTokens),
  usageEstimated: false,
  costUsdNanos: 0n,
  hedge: false,
  continued: false,
});

const told = (outcome: Partial<Outcome>) => {
  const asked = prompt({}, { model: "large" });
  const decision = decide(asked, undefined, policy);
  const verdict = { verdict: "CACHE_VERDICT_MISS" as const };
  return reportOf(asked, verdict, decision, { ...notAsked(0), ...outcome }, policy.catalogue);
};

/** What the outcome would have cost at the baseline, whose input is 2,500 and output 10,000 nano-USD per token. */
const baselineCost = (outcome: Partial<Outcome>) => told(outcome).baselineCostUsdNanos;

describe("the baseline's cost", () => {
  it("is that of the attempt that answered, not of those that failed", () => {
    const attempts = [attempt("small", "UPSTREAM_BROKEN_ANSWER", 10n, 5n), attempt("middle", "ok", 10n, 20n)];
    expect(baselineCost({ attempts })).toBe(10n * 2_500n + 20n * 10_000n);
  });

  it("of an answer that two models wrote is that of one that reads the prompt once and writes it all", () => {
    const attempts = [attempt("small", "UPSTREAM_TIMEOUT", 10n, 5n), attempt("middle", "ok", 25n, 20n)];
    const continuation = { fromModel: "small", model: "middle", cause: "UPSTREAM_TIMEOUT", method: "prompt" };
    const continuations = [{ ...continuation, afterCharacters: 12n }];
    expect(baselineCost({ attempts, continuations })).toBe(10n * 2_500n + 25n * 10_000n);
  });

  it("leaves out what broke before any text had gone out, for all of it was written again", () => {
    const attempts = [attempt("small", "UPSTREAM_TIMEOUT", 10n, 5n), attempt("middle", "ok", 10n, 20n)];
    const continuation = { fromModel: "small", model: "middle", cause: "UPSTREAM_TIMEOUT", method: "anew" };
    const continuations = [{ ...continuation, afterCharacters: 0n }];
    expect(baselineCost({ attempts, continuations })).toBe(10n * 2_500n + 20n * 10_000n);
  });

  it("is nothing where nobody answered", () => {
    expect(baselineCost({ attempts: [attempt("small", "UPSTREAM_TIMEOUT", 10n, 5n)] })).toBe(0n);
  });
});

describe("the attempts", () => {
  it("say which of them another went on with, and not which it had to begin anew", () => {
    const attempts = [
      attempt("small", "UPSTREAM_TIMEOUT", 10n, 0n),
      attempt("small", "UPSTREAM_TIMEOUT", 10n, 5n),
      attempt("middle", "UPSTREAM_BROKEN_ANSWER", 20n, 0n),
      attempt("large", "ok", 25n, 20n),
    ];
    const continuations = [
      { fromModel: "small", model: "middle", cause: "UPSTREAM_TIMEOUT", method: "prompt", afterCharacters: 12n },
      { fromModel: "middle", model: "large", cause: "UPSTREAM_BROKEN_ANSWER", method: "anew", afterCharacters: 12n },
    ];
    const goneOnWith = (outcome: Partial<Outcome>) => told(outcome).attempts.map(({ continued }) => continued);
    expect(goneOnWith({ attempts, continuations })).toEqual([false, true, false, false]);
    expect(goneOnWith({ attempts })).toEqual([false, false, false, false]);
  });
});
