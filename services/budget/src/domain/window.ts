const dayMs = 86_400_000;

/** The UTC calendar day of a time in milliseconds since the epoch, as the number of days since 1970-01-01. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}

/** When a day ends and the next begins. */
export function endOfDay(day: number): Date {
  return new Date((day + 1) * dayMs);
}

/**
 * How long counters of past days and closed requests are kept, in milliseconds. A call that is repeated later than this is
 * taken for a new one.
 */
export const retentionMs = 8 * dayMs;
