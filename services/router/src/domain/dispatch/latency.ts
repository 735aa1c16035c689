const kept = 128;
const freshEnough = 8;

/** How long the last answers took. */
export interface Latency {
  record(milliseconds: number): void;
  /** How many answers are known, at most 128. */
  size(): number;
  /** The time within which this share (0 to 1) of them came, in milliseconds; undefined while none is known. */
  quantile(share: number): number | undefined;
}

/** Keeps the last 128 durations; a quantile may be a few answers old. */
export function createLatency(): Latency {
  const recent = new Float64Array(kept);
  let count = 0;
  let sorted: Float64Array | undefined;
  let sortedAt = 0;
  return {
    record(milliseconds) {
      recent[count % kept] = milliseconds;
      count += 1;
    },
    size: () => Math.min(count, kept),
    quantile(share) {
      if (count === 0) return undefined;
      if (!sorted || count - sortedAt >= Math.min(freshEnough, sortedAt)) {
        sorted = recent.slice(0, Math.min(count, kept)).sort();
        sortedAt = count;
      }
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    },
  };
}
