/** How finely a window is cut: a count is forgotten at most this share of the window too early. */
const sliceCount = 10;

/** Counts of several kinds over the last so many milliseconds; neither memory nor time grows with the traffic. */
export interface RollingCounts {
  /** Adds one of a kind, a number from 0. */
  add(kind: number): void;
  sum(kind: number): number;
  clear(): void;
}

/** `nowMs` must never go back. */
export function rollingCounts(kinds: number, windowMs: number, nowMs: () => number): RollingCounts {
  const sliceMs = windowMs / sliceCount;
  const slices = new Uint32Array(kinds * sliceCount);
  const sums = new Uint32Array(kinds);
  let current = Math.floor(nowMs() / sliceMs);
  const clear = () => {
    slices.fill(0);
    sums.fill(0);
  };
  const forgetOld = () => {
    const now = Math.floor(nowMs() / sliceMs);
    if (now - current >= sliceCount) clear();
    else {
      for (let slice = current + 1; slice <= now; slice++) {
        const from = (slice % sliceCount) * kinds;
        for (let kind = 0; kind < kinds; kind++) {
          sums[kind] = (sums[kind] ?? 0) - (slices[from + kind] ?? 0);
          slices[from + kind] = 0;
        }
      }
    }
    current = now;
  };
  return {
    add(kind) {
      forgetOld();
      const at = (current % sliceCount) * kinds + kind;
      slices[at] = (slices[at] ?? 0) + 1;
      sums[kind] = (sums[kind] ?? 0) + 1;
    },
    sum(kind) {
      forgetOld();
      return sums[kind] ?? 0;
    },
    clear,
  };
}
