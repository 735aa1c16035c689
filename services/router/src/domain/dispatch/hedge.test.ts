import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../../testing/fixtures.ts";
import { AttemptFailure, type AttemptFailureReason } from "./attempt-failure.ts";
import { beginHedged, type RoundResult, type Running } from "./hedge.ts";

/** An attempt whose end the test decides. */
function attempt(name: string) {
  const told: string[] = [];
  let resolve: (result: RoundResult<string>) => void = () => undefined;
  const running: Running<string> = {
    result: new Promise((settle) => {
      resolve = settle;
    }),
    drop: () => void told.push("dropped while it ran"),
  };
  const taken = () => {
    told.push("taken");
    return name;
  };
  return {
    running,
    told,
    brings: () => resolve({ brought: { take: taken, drop: () => void told.push("dropped") } }),
    fails: (reason: AttemptFailureReason) => resolve({ failure: new AttemptFailure(reason, name) }),
  };
}

describe("two attempts side by side", () => {
  let clock: FakeClock;
  let first: ReturnType<typeof attempt>;
  let second: ReturnType<typeof attempt>;
  let begun: number;

  beforeEach(() => {
    clock = fakeClock();
    first = attempt("first");
    second = attempt("second");
    begun = 0;
  });

  const begin = (other: () => Running<string> | undefined = () => second.running) =>
    beginHedged({
      first: first.running,
      afterMs: 100,
      clock,
      second() {
        begun += 1;
        return other();
      },
    });
  const outcome = async (round: Promise<RoundResult<string>>) => {
    const result = await round;
    return "brought" in result ? result.brought.take() : result.failure.reason;
  };

  it("do not begin where the first is quick, and the timer is forgotten", async () => {
    const round = begin();
    clock.advance(99);
    first.brings();
    expect(await outcome(round)).toBe("first");
    clock.advance(1_000);
    expect(begun).toBe(0);
  });

  it("end with the first that brings something, and the second is dropped", async () => {
    const round = begin();
    clock.advance(100);
    first.brings();
    expect(await outcome(round)).toBe("first");
    expect(first.told).toEqual(["taken"]);
    expect(second.told).toEqual(["dropped while it ran"]);
  });

  it("end with the second where it is sooner, and the first is dropped", async () => {
    const round = begin();
    clock.advance(100);
    second.brings();
    expect(await outcome(round)).toBe("second");
    expect(first.told).toEqual(["dropped while it ran"]);
  });

  it("drop a winner that comes too late, and only once", async () => {
    const round = begin();
    clock.advance(100);
    second.brings();
    first.brings();
    expect(await outcome(round)).toBe("second");
    expect(first.told).toEqual(["dropped while it ran", "dropped"]);
    expect(second.told).toEqual(["taken"]);
  });

  it("never let a failure win over an answer", async () => {
    const round = begin();
    clock.advance(100);
    second.fails("UPSTREAM_CONTENT_FILTER");
    await Promise.resolve();
    first.brings();
    expect(await outcome(round)).toBe("first");
  });

  it("fail when both have failed, with what no model will answer before what one could not", async () => {
    const round = begin();
    clock.advance(100);
    first.fails("UPSTREAM_CONTENT_FILTER");
    second.fails("UPSTREAM_CONNECTION");
    expect(await outcome(round)).toBe("UPSTREAM_CONTENT_FILTER");
  });

  it("fail with the second's failure where only that one stops", async () => {
    const round = begin();
    clock.advance(100);
    first.fails("UPSTREAM_CONNECTION");
    second.fails("UPSTREAM_INVALID_REQUEST");
    expect(await outcome(round)).toBe("UPSTREAM_INVALID_REQUEST");
  });

  it("are one where the first fails before the second would begin", async () => {
    const round = begin();
    first.fails("UPSTREAM_CONNECTION");
    expect(await outcome(round)).toBe("UPSTREAM_CONNECTION");
    clock.advance(1_000);
    expect(begun).toBe(0);
  });

  it("are one where there is no second to begin", async () => {
    const round = begin(() => undefined);
    clock.advance(1_000);
    expect(begun).toBe(1);
    first.brings();
    expect(await outcome(round)).toBe("first");
  });
});
