import { setTimeout as sleep } from "node:timers/promises";

/** How fast answers come. */
export interface Pace {
  readonly firstTokenMs: number;
  /** 0: everything at once. */
  readonly tokensPerSecond: number;
}

/** Chunks that fall due within so many milliseconds go out together. */
const tickMs = 10;

/** Waits, unless the delay is nothing. Rejects when the caller hangs up. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await sleep(delayMs, undefined, { signal });
}

/** How long a whole answer of so many tokens takes. */
export const durationMs = ({ firstTokenMs, tokensPerSecond }: Pace, tokens: number): number =>
  firstTokenMs + (tokensPerSecond === 0 ? 0 : (tokens / tokensPerSecond) * 1000);

/** Tells how long each step must still wait for its time, counted from now; 0 if it may go at once. */
export function metronome({ tokensPerSecond }: Pace): (step: number) => number {
  const startMs = performance.now();
  return (step) => {
    if (tokensPerSecond === 0) return 0;
    const dueMs = (step / tokensPerSecond) * 1000 - (performance.now() - startMs);
    return dueMs > tickMs ? dueMs : 0;
  };
}
