import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import { describe, expect, it } from "vitest";
import { fakeClock } from "../../testing/fixtures.ts";
import { Refusal } from "../refusal.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { exhausted, passedOn, refuseWhenOver, withAttempts } from "./refusals.ts";

const attempt = (model: string, outcome: string): Attempt => ({
  model,
  provider: "somewhere",
  outcome,
  durationUs: 0n,
  timeToFirstTokenUs: 0n,
  usage: undefined,
  usageEstimated: false,
  costUsdNanos: 0n,
  hedge: false,
  continued: false,
});

describe("a refusal where no place is left", () => {
  const limited = [attempt("a", "UPSTREAM_RATE_LIMITED"), attempt("b", "UPSTREAM_RATE_LIMITED")];

  it("is a rate limit only where every attempt met one", () => {
    expect(exhausted(limited, undefined, undefined, 0).reason).toBe("ALL_CANDIDATES_RATE_LIMITED");
    const mixed = [...limited, attempt("c", "UPSTREAM_TIMEOUT")];
    expect(exhausted(mixed, undefined, undefined, 0).reason).toBe("ALL_CANDIDATES_FAILED");
    expect(exhausted([], undefined, undefined, 0).reason).toBe("ALL_CANDIDATES_FAILED");
  });

  it("says when to come back, which is never in the past", () => {
    expect(exhausted(limited, undefined, 7_000, 2_000).details.retryAfterMs).toBe(5_000);
    expect(exhausted(limited, undefined, 1_000, 2_000).details.retryAfterMs).toBe(0);
    expect(exhausted(limited, undefined, undefined, 2_000).details).not.toHaveProperty("retryAfterMs");
  });

  it("says that the prompt is too long where that was the last word", () => {
    const tooLong = new AttemptFailure("UPSTREAM_CONTEXT_LENGTH", "9000 tokens are more than 8000");
    expect(exhausted([attempt("a", tooLong.reason)], tooLong, undefined, 0)).toMatchObject({
      reason: "UPSTREAM_CONTEXT_LENGTH",
      message: "the prompt fits no candidate: 9000 tokens are more than 8000",
    });
  });
});

describe("a refusal that tells of its attempts", () => {
  const attempts = [attempt("a", "UPSTREAM_TIMEOUT"), attempt("b", "UPSTREAM_CONNECTION")];

  it("lists them in its message and for programs, and keeps what it knew", () => {
    const refusal = new Refusal("ALL_CANDIDATES_FAILED", "every candidate failed", {
      retryAfterMs: 5,
      metadata: { model: "a" },
    });
    expect(withAttempts(refusal, attempts)).toMatchObject({
      message: "every candidate failed (a: UPSTREAM_TIMEOUT, b: UPSTREAM_CONNECTION)",
      details: {
        attempts,
        retryAfterMs: 5,
        metadata: { model: "a", "attempt.1": "a UPSTREAM_TIMEOUT", "attempt.2": "b UPSTREAM_CONNECTION" },
      },
    });
  });

  it("leaves the provider's own words alone", () => {
    const filtered = passedOn(new AttemptFailure("UPSTREAM_CONTENT_FILTER", "refused by the filter"));
    expect(withAttempts(filtered, attempts).message).toBe("refused by the filter");
  });

  it("has no list where nothing was attempted", () => {
    expect(withAttempts(new Refusal("CANCELLED", "gone"), []).message).toBe("gone");
  });
});

describe("a caller that no longer waits", () => {
  const patience = (signal: AbortSignal, deadline = 1_000) => ({ signal, deadline });
  const reasonOf = (signal: AbortSignal, deadline?: number) => {
    try {
      refuseWhenOver(patience(signal, deadline), fakeClock());
      return "none";
    } catch (error) {
      return (error as Refusal).reason;
    }
  };

  it("is told of its deadline before anything else", () => {
    expect(reasonOf(new AbortController().signal)).toBe("none");
    expect(reasonOf(AbortSignal.abort())).toBe("CANCELLED");
    expect(reasonOf(AbortSignal.abort({ reason: "DEADLINE_EXCEEDED" }))).toBe("DEADLINE_EXCEEDED");
    expect(reasonOf(AbortSignal.abort(), 0)).toBe("DEADLINE_EXCEEDED");
  });
});
