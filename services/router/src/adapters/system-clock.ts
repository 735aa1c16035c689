import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../ports.ts";

/** A timer that is set for longer goes off at once. */
const longestTimerMs = 2_147_483_647;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicUs: () => performance.now() * 1_000,
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, longestTimerMs));
    return () => clearTimeout(timer);
  },
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
};
