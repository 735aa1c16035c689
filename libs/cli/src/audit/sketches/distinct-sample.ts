import type { HeavyHitter } from "./heavy-hitters.ts";

/** Counts different keys, and how unevenly they come up, in constant memory. */
export interface DistinctSample {
  add(hash: number): void;
  /** How many different keys came up. */
  distinct(): number;
  /** Whether every key was counted, so that nothing here is an estimate. */
  isExact(): boolean;
  /** Share (0 to 1) of all additions that the most frequent keys make up, `share` (0 to 1) of the different ones. */
  shareOfTop(share: number, heavy: readonly HeavyHitter[]): number;
}

/**
 * Keeps the keys whose hash ends in so many zero bits that at most `capacity` are kept, and counts these exactly: a fair sample of
 * the different keys, since a key's hash says nothing of how often it comes. The number of different keys is off by about
 * 1 / sqrt(capacity / 2) at most two times in three.
 */
export function createDistinctSample(capacity: number): DistinctSample {
  const counts = new Map<number, number>();
  let mask = 0;

  const thin = () => {
    while (counts.size > capacity) {
      mask = mask * 2 + 1;
      for (const hash of counts.keys()) if ((hash & mask) !== 0) counts.delete(hash);
    }
  };

  return {
    add(hash) {
      if ((hash & mask) !== 0) return;
      counts.set(hash, (counts.get(hash) ?? 0) + 1);
      if (counts.size > capacity) thin();
    },
    distinct: () => counts.size * (mask + 1),
    isExact: () => mask === 0,
    shareOfTop(share, heavy) {
      // The most frequent keys are few and may be missed by the sample, or weigh too much in it; their counts are known.
      const known = mask === 0 ? [] : heavy;
      const apart = new Set(known.map(({ hash }) => hash));
      const sampled = [...counts].filter(([hash]) => !apart.has(hash)).map(([, count]) => ({ count, keys: mask + 1 }));
      const all = [...known.map(({ count, error }) => ({ count: count + error / 2, keys: 1 })), ...sampled];
      return shareOfMostFrequent(all, share);
    },
  };
}

function shareOfMostFrequent(all: { count: number; keys: number }[], share: number): number {
  all.sort((a, b) => b.count - a.count);
  let left = share * all.reduce((sum, { keys }) => sum + keys, 0);
  let [top, total] = [0, 0];
  for (const { count, keys } of all) {
    top += count * Math.min(keys, left);
    left -= Math.min(keys, left);
    total += count * keys;
  }
  return total === 0 ? 0 : top / total;
}
