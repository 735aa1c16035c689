import { setTimeout as sleep } from "node:timers/promises";
import { allowedFor } from "./chaos-config.ts";
import type { Counter, Counters } from "./counters.ts";

/** Counters whose used and reserved tokens pass their limit. */
export function overspent(counters: readonly Counter[]): string[] {
  return counters.flatMap(({ scope, used, reserved }) => {
    const allowed = allowedFor(scope);
    if (allowed !== undefined && used + reserved > allowed) {
      return [`${scope}: ${used} used + ${reserved} reserved > ${allowed}`];
    }
    return used < 0 || reserved < 0 ? [`${scope}: ${used} used, ${reserved} reserved`] : [];
  });
}

export interface Watch {
  /** How often the store was looked into, and found to be away. */
  readonly looks: () => { readonly seen: number; readonly away: number };
  /** Ends it; what was wrong at any time, each once. */
  stop(): Promise<string[]>;
}

/** Looks into the store again and again. */
export function watchLimits(counters: Counters, intervalMs: number): Watch {
  const wrong = new Set<string>();
  const looks = { seen: 0, away: 0 };
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const found = await counters.read();
      looks[found ? "seen" : "away"]++;
      for (const finding of overspent(found ?? [])) wrong.add(finding);
      await sleep(intervalMs);
    }
  })();
  return {
    looks: () => looks,
    async stop() {
      isOver = true;
      await watching;
      return [...wrong];
    },
  };
}
