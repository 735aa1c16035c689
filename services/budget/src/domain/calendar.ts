/** A day or month of the calendar; `startMs` included, `endMs` not, in milliseconds since the epoch. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** The running day and the running month. */
export interface Windows {
  readonly day: Span;
  readonly month: Span;
}

/** The day and the month that a time (milliseconds since the epoch) lies in. */
export type Calendar = (timeMs: number) => Windows;

/**
 * The calendar of a time zone (a name of the IANA database). Days begin at midnight or, where the clocks skip it, at the
 * first moment of the date; they have 23 or 25 hours where the clocks change. Throws RangeError for an unknown zone.
 */
export function calendarOf(timeZone: string): Calendar {
  let known = windowsAt(0, timeZone);
  return (timeMs) => {
    if (timeMs < known.day.startMs || timeMs >= known.day.endMs) known = windowsAt(timeMs, timeZone);
    return known;
  };
}

function windowsAt(timeMs: number, timeZone: string): Windows {
  const date = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs)).toZonedDateTimeISO(timeZone).toPlainDate();
  const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds;
  const first = date.with({ day: 1 });
  return {
    day: { startMs: startOf(date), endMs: startOf(date.add({ days: 1 })) },
    month: { startMs: startOf(first), endMs: startOf(first.add({ months: 1 })) },
  };
}

/**
 * How long counters of past windows and closed requests are kept, in milliseconds. A call that is repeated later than this is
 * taken for a new one.
 */
export const retentionMs = 8 * 86_400_000;
