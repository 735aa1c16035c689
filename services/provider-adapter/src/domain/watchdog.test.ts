import { describe, expect, it } from "vitest";
import { createTurnedClock } from "../testing/turned-clock.ts";
import { watchAttempt } from "./watchdog.ts";

const limits = { connectMs: 10, firstTokenMs: 100, stallMs: 50, totalMs: 1_000 };

function watch(isStream = true, cancel = new AbortController()) {
  const clock = createTurnedClock();
  const watchdog = watchAttempt(clock, limits, cancel.signal, isStream);
  return { clock, watchdog, cancel };
}

describe("a watchdog", () => {
  it("ends a stream that brings nothing in time", () => {
    const { clock, watchdog } = watch();
    clock.advance(99);
    expect(watchdog.signal.aborted).toBe(false);
    clock.advance(1);
    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.expired).toBe("first_token");
  });

  it("does not take a chunk without content for the first token", () => {
    const { clock, watchdog } = watch();
    clock.advance(60);
    watchdog.heard(false);
    watchdog.waiting();
    clock.advance(40);
    expect(watchdog.expired).toBe("first_token");
  });

  it("ends a stream that stalls between chunks", () => {
    const { clock, watchdog } = watch();
    for (let chunk = 0; chunk < 5; chunk++) {
      clock.advance(49);
      watchdog.heard(true);
      watchdog.waiting();
    }
    expect(watchdog.expired).toBeUndefined();
    clock.advance(49);
    expect(watchdog.expired).toBeUndefined();
    clock.advance(1);
    expect(watchdog.expired).toBe("stall");
  });

  it("does not hold a slow consumer against the provider", () => {
    const { clock, watchdog } = watch();
    watchdog.heard(true);
    clock.advance(500);
    expect(watchdog.expired).toBeUndefined();
    watchdog.waiting();
    clock.advance(49);
    expect(watchdog.expired).toBeUndefined();
    clock.advance(1);
    expect(watchdog.expired).toBe("stall");
  });

  it("ends every attempt after its total time", () => {
    const { clock, watchdog } = watch(false);
    clock.advance(999);
    expect(watchdog.expired).toBeUndefined();
    clock.advance(1);
    expect(watchdog.expired).toBe("total");
  });

  it("follows its caller without calling that a timeout", () => {
    const { clock, watchdog, cancel } = watch();
    cancel.abort();
    expect(watchdog.signal.aborted).toBe(true);
    clock.advance(5_000);
    expect(watchdog.expired).toBeUndefined();
  });

  it("is aborted from the start for a caller that has gone already", () => {
    const cancel = new AbortController();
    cancel.abort();
    expect(watch(true, cancel).watchdog.signal.aborted).toBe(true);
  });

  it("leaves no timer behind", () => {
    const { clock, watchdog } = watch();
    watchdog.heard(true);
    watchdog[Symbol.dispose]();
    expect(clock.pendingCount()).toBe(0);
  });
});
