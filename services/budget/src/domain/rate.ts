/**
 * A rate by GCRA, kept as the level of a bucket that leaks (the same as its theoretical arrival time, as an amount instead
 * of a time). The level counts in 60,000,000ths of a token or request, of which a rate of n per minute lets exactly n leak in
 * a microsecond: all of it is whole numbers, exact in a double up to a hundred million a minute.
 */
export interface Bucket {
  /** What was used and has not leaked yet, in 60,000,000ths. */
  readonly level: number;
  /** When that was so, in microseconds since the epoch. */
  readonly atUs: number;
  /** Set aside for requests in flight; does not leak before it is settled. */
  readonly held: number;
}

/** How much a bucket takes, and how fast it empties. */
export interface Rate {
  readonly perMinute: number;
  /** What fits in at once. */
  readonly burst: number;
}

export const emptyBucket: Bucket = { level: 0, atUs: 0, held: 0 };

const parts = 60_000_000;

/** The bucket as it is at a time. A clock that went back lets nothing leak, and nothing leak twice. */
export function leaked({ level, atUs, held }: Bucket, nowUs: number, { perMinute }: Rate): Bucket {
  const elapsedUs = Math.max(0, nowUs - atUs);
  return { level: Math.max(0, level - elapsedUs * perMinute), atUs: Math.max(atUs, nowUs), held };
}

/** Adds to what is used and to what is held, either may be negative. */
export function poured(bucket: Bucket, used: number, held: number): Bucket {
  return { ...bucket, level: Math.max(0, bucket.level + used * parts), held: bucket.held + held };
}

/** Whether so much more fits. */
export function hasRoom({ level, held }: Bucket, requested: number, { burst }: Rate): boolean {
  return level + (held + requested) * parts <= burst * parts;
}

/** What of the bucket is used up now, rounded up. */
export function usedOf({ level }: Bucket): number {
  return Math.ceil(level / parts);
}

/** Milliseconds until all that is used has leaked; 0: nothing is used. */
export function emptyInMs({ level }: Bucket, { perMinute }: Rate): number {
  return Math.ceil(level / perMinute / 1_000);
}

/** Milliseconds until so much fits, if nothing else comes; undefined: it is more than ever fits. */
export function waitMs({ level, held }: Bucket, requested: number, { burst, perMinute }: Rate): number | undefined {
  if (requested > burst) return undefined;
  const excess = level + (held + requested - burst) * parts;
  return Math.max(1, Math.ceil(excess / perMinute / 1_000));
}
