/** A key that came up often. */
export interface HeavyHitter {
  readonly hash: number;
  /** What it is, as it was described when it came up a second time; empty if it never did. */
  readonly text: string;
  /** How often at least; how often at most is `count + error`. */
  readonly count: number;
  readonly error: number;
}

/** Finds the keys that come up most often in constant memory. */
export interface HeavyHitters {
  add(hash: number, describe: () => string): void;
  /** The most frequent keys, most frequent first. Every key that came up more often than `error` is among all of them. */
  top(most: number): HeavyHitter[];
}

/**
 * The space-saving sketch in the form of Misra and Gries: when twice `capacity` keys are counted, all counts are lowered until at
 * most `capacity` are left. No count is too low by more than the number of additions over `capacity`, and none too high.
 */
export function createHeavyHitters(capacity: number): HeavyHitters {
  const counters = new Map<number, { count: number; text: string }>();
  let error = 0;

  const prune = () => {
    const counts = Float64Array.from(counters.values(), ({ count }) => count).sort();
    const lowering = counts[counts.length - capacity] as number;
    for (const [hash, counter] of counters) {
      counter.count -= lowering;
      if (counter.count <= 0) counters.delete(hash);
    }
    error += lowering;
  };

  return {
    add(hash, describe) {
      const counter = counters.get(hash);
      if (counter) {
        counter.count++;
        if (counter.text === "") counter.text = describe();
        return;
      }
      counters.set(hash, { count: 1, text: "" });
      if (counters.size >= 2 * capacity) prune();
    },
    top: (most) =>
      [...counters]
        .map(([hash, { count, text }]) => ({ hash, text, count, error }))
        .sort((a, b) => b.count - a.count || a.hash - b.hash)
        .slice(0, most),
  };
}
