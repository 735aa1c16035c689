import type { Clock } from "../ports.ts";

export interface TurnedClock extends Clock {
  /** Lets time pass, running what falls due on the way. */
  advance(ms: number): void;
  /** Timers that are still set. */
  pendingCount(): number;
}

/** A clock that stands still until it is turned. */
export function createTurnedClock(epochMs = 1_789_000_000_000): TurnedClock {
  let elapsedMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly run: () => void }>();
  return {
    epochMs: () => epochMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, run) {
      const timer = { dueMs: elapsedMs + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const untilMs = elapsedMs + ms;
      for (;;) {
        const due = [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        timers.delete(due);
        elapsedMs = due.dueMs;
        due.run();
      }
      elapsedMs = untilMs;
    },
    pendingCount: () => timers.size,
  };
}
