import type { Calendar, Windows } from "../domain/calendar.ts";

/** The clock of a server as far as it is known here. */
export interface ServerClock {
  /** The running day and month. */
  windows(): Windows;
  /** Hears what it says, in milliseconds since the epoch. */
  learn(nowMs: number): void;
}

/** A server's clock that stands elsewhere each time it is looked at is no clock. */
export const looksAtClock = 3;

export const restlessClock = () => new Error("the server's clock does not stand still long enough to be read");

export function serverClock(calendar: Calendar, offsetMs: () => number): ServerClock {
  let skewMs = 0;
  return {
    windows: () => calendar(Date.now() + skewMs + offsetMs()),
    learn: (nowMs) => {
      skewMs = nowMs - Date.now() - offsetMs();
    },
  };
}
