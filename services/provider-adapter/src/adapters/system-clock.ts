import type { Clock } from "../ports.ts";

/** A timer that is set for longer goes off at once. */
const longestTimerMs = 2_147_483_647;

/** The time of the machine. */
export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, longestTimerMs));
    return () => clearTimeout(timer);
  },
};
