import { describe, expect, it } from "vitest";
import type { Clock } from "../ports.ts";
import { background } from "./background.ts";

/** A clock whose pauses end only when they are told to, and whose timers are run by hand. */
function stoppedClock() {
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonicUs: () => 0,
    after: (_milliseconds, run) => {
      timers.push(run);
      return () => undefined;
    },
    sleep: (_milliseconds, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  return { clock, timers };
}

describe("background work", () => {
  it("that keeps failing at the end is tried once more when the time is over, and then reported", async () => {
    const { clock, timers } = stoppedClock();
    const failures: unknown[] = [];
    const away = new Error("the budget service is away");
    let tries = 0;
    const work = background(
      clock,
      () => true,
      (error) => failures.push(error),
    );
    work.run(() => {
      tries++;
      return Promise.reject(away);
    });
    const finished = work.finish(5_000);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(tries).toBe(1);
    expect(failures).toEqual([]);

    for (const run of timers) run();
    await finished;
    expect(tries).toBe(2);
    expect(failures).toEqual([away]);
  });

  it("that goes well leaves nothing to wait for", async () => {
    const { clock } = stoppedClock();
    const done: string[] = [];
    const work = background(
      clock,
      () => true,
      () => done.push("failed"),
    );
    work.run(async () => void done.push("settled"));
    await work.finish(5_000);
    expect(done).toEqual(["settled"]);
  });
});
