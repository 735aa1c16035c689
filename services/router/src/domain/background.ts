import type { Clock } from "../ports.ts";

/** Work that the caller need not wait for and that is not lost if the caller goes away. */
export interface Background {
  /** Runs work now, unawaited; work that fails for a passing reason is tried again a few times, then reported. */
  run(work: () => Promise<void>): void;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** The same for an end that must come: after `withinMs` what still fails is reported instead of tried again. */
  finish(withinMs: number): Promise<void>;
}

const pausesMs = [100, 500, 2_000, 5_000];

/** `isPassing` tells errors that may be gone on another try; `onFailure` is told of work that failed for good. */
export function background(
  clock: Clock,
  isPassing: (error: unknown) => boolean,
  onFailure: (error: unknown) => void,
): Background {
  const running = new Set<Promise<void>>();
  const hurry = new AbortController();
  const persist = async (work: () => Promise<void>): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const pauseMs = pausesMs[attempt];
        if (pauseMs === undefined || hurry.signal.aborted || !isPassing(error)) return onFailure(error);
        await clock.sleep(pauseMs, hurry.signal).catch(() => undefined);
      }
    }
  };
  const idle = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    run(work) {
      // One turn later, so that the answer is on its way before a store in this process takes its time.
      const done = new Promise((resolve) => setImmediate(resolve))
        .then(() => persist(work))
        .finally(() => running.delete(done));
      running.add(done);
    },
    idle,
    async finish(withinMs) {
      const keep = clock.after(withinMs, () => hurry.abort());
      await idle();
      keep();
    },
  };
}
