import type { Clock } from "../ports.ts";

/** Work that the caller need not wait for and that is not lost if the caller goes away. */
export interface Background {
  /** Runs work now, unawaited; failed work is tried again a few times, then reported. */
  run(name: string, work: () => Promise<void>): void;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
}

const pausesMs = [100, 500, 2_000, 5_000];

/** `onFailure` is told of work that failed for good. */
export function background(clock: Clock, onFailure: (name: string, error: unknown) => void): Background {
  const running = new Set<Promise<void>>();
  const persist = async (name: string, work: () => Promise<void>): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const pauseMs = pausesMs[attempt];
        if (pauseMs === undefined) return onFailure(name, error);
        await clock.sleep(pauseMs);
      }
    }
  };
  return {
    run(name, work) {
      const done = persist(name, work).finally(() => running.delete(done));
      running.add(done);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
