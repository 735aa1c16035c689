import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../testing/fixtures.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { beginLeg, shareOf } from "./leg.ts";

describe("a leg of the caller's patience", () => {
  let clock: FakeClock;
  let caller: AbortController;
  let unforeseen: unknown[];

  beforeEach(() => {
    clock = fakeClock();
    caller = new AbortController();
    unforeseen = [];
  });

  const begin = (limitMs?: number, deadline = 10_000) =>
    beginLeg({ signal: caller.signal, deadline }, limitMs, clock, (error) => unforeseen.push(error));
  const aborted = new DOMException("aborted", "AbortError");

  it("ends at its limit, which is a time-out of the place", () => {
    const leg = begin(500);
    clock.advance(499);
    expect(leg.signal.aborted).toBe(false);
    clock.advance(1);
    expect(leg.signal.aborted).toBe(true);
    expect(leg.failureOf(aborted)).toBe(leg.signal.reason);
    expect(leg.failureOf(aborted)).toMatchObject({
      reason: "UPSTREAM_TIMEOUT",
      message: "no answer came within 500 ms",
    });
    expect(unforeseen).toEqual([]);
  });

  it("has no limit any more once the answer has begun", () => {
    const leg = begin(500);
    leg.commit();
    clock.advance(5_000);
    expect(leg.signal.aborted).toBe(false);
  });

  it("ends with its caller, for the caller's reason", () => {
    const leg = begin(500);
    caller.abort("gone");
    expect(leg.signal.reason).toBe("gone");
    expect(leg.failureOf(aborted).reason).toBe("CANCELLED");
  });

  it("does not take for its caller's doing what was cancelled by a peer that stops", () => {
    const cut = new AttemptFailure("CANCELLED", "the call was cancelled");
    expect(begin(500).failureOf(cut)).toMatchObject({ reason: "SERVICE_UNAVAILABLE", consequence: "same_model" });
    expect(unforeseen).toEqual([]);
  });

  it("has ended before it began where the caller is gone", () => {
    caller.abort();
    expect(begin().signal.aborted).toBe(true);
  });

  it("says that the caller's deadline passed, whatever else ended it", () => {
    const leg = begin(500, 500);
    clock.advance(500);
    expect(leg.failureOf(aborted).reason).toBe("DEADLINE_EXCEEDED");
    const other = begin();
    caller.abort({ reason: "DEADLINE_EXCEEDED" });
    expect(other.failureOf(new AttemptFailure("UPSTREAM_CONNECTION", "reset")).reason).toBe("DEADLINE_EXCEEDED");
  });

  it("says that it was dropped where another answer came first", () => {
    const leg = begin(500);
    leg.abandon();
    clock.advance(500);
    expect(leg.isAbandoned()).toBe(true);
    expect(leg.signal.aborted).toBe(true);
    expect(leg.failureOf(aborted)).toMatchObject({ reason: "CANCELLED", message: "another answer came first" });
  });

  it("keeps the provider's own failure, and tells of an error that nobody foresaw", () => {
    const failure = new AttemptFailure("UPSTREAM_CONNECTION", "reset");
    expect(begin().failureOf(failure)).toBe(failure);
    const error = new TypeError("a bug");
    expect(begin().failureOf(error).reason).toBe("INTERNAL");
    expect(unforeseen).toEqual([error]);
  });

  it("leaves no listener and no timer behind", () => {
    const pending = new Set<() => void>();
    const after = (milliseconds: number, run: () => void) => {
      const forget = clock.after(milliseconds, run);
      pending.add(forget);
      return () => {
        pending.delete(forget);
        forget();
      };
    };
    for (let time = 0; time < 1_000; time++) {
      const leg = beginLeg({ signal: caller.signal, deadline: 1_000 }, 500, { ...clock, after }, () => undefined);
      leg[Symbol.dispose]();
    }
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    expect(pending.size).toBe(0);
  });
});

describe("the share of the time left that a place may take", () => {
  it.each([
    ["two thirds where nothing is known of it", undefined, 6_000],
    ["half where it is quick", 100, 4_500],
    ["one and a half times what it usually takes", 4_000, 6_000],
    ["four fifths at most", 60_000, 7_200],
  ])("is %s", (_, usualMs, share) => {
    expect(shareOf(9_000, usualMs)).toBeCloseTo(share);
  });
});
