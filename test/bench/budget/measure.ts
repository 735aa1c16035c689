/** What a load of many callers saw. */
export interface Measured {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/**
 * Keeps `callers` calls in flight for so long: each caller makes its next call when the last is answered. `call` is given a
 * number that no other call of this load has.
 */
export async function underLoad(
  callers: number,
  durationMs: number,
  call: (index: number) => Promise<unknown>,
): Promise<Measured> {
  const tookMs: number[] = [];
  const begin = performance.now();
  const end = begin + durationMs;
  let next = 0;
  const caller = async () => {
    for (let start = performance.now(); start < end; ) {
      await call(next++);
      const now = performance.now();
      tookMs.push(now - start);
      start = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - begin) / 1_000;
  const sorted = Float64Array.from(tookMs).sort();
  const atShare = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 1_000;
  return { perSecond: sorted.length / seconds, p50Us: atShare(0.5), p99Us: atShare(0.99) };
}

/** Of several rounds the one in the middle, figure by figure. */
export function medianOf(rounds: readonly Measured[]): Measured {
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Us: median(rounds.map(({ p50Us }) => p50Us)),
    p99Us: median(rounds.map(({ p99Us }) => p99Us)),
  };
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
