/** The middle of what was measured, and how far the rounds lie apart. */
export interface Spread {
  readonly median: number;
  /** The lowest and the highest round. */
  readonly low: number;
  readonly high: number;
}

/** Throws RangeError for none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [low] = sorted;
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) throw new RangeError("nothing was measured");
  const middle = sorted.length / 2;
  const median =
    sorted.length % 2 === 1
      ? (sorted[Math.floor(middle)] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  return { median, low, high };
}
