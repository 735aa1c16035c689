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
});

/** What the outcome would have cost at the baseline, whose input is 2,500 and output 10,000 nano-USD per token. */
const baselineCost = (outcome: Partial<Outcome>) => {
  const asked = prompt({}, { model: "large" });
  const decision = decide(asked, undefined, policy);
  const verdict = { verdict: "CACHE_VERDICT_MISS" as const };
  return reportOf(asked, verdict, decision, { ...notAsked(0), ...outcome }, policy.catalogue).baselineCostUsdNanos;
};

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

  it("is nothing where nobody answered", () => {
    expect(baselineCost({ attempts: [attempt("small", "UPSTREAM_TIMEOUT", 10n, 5n)] })).toBe(0n);
  });
});
