/** The days of a time zone by their dates, `2026-11-20`. A day is known to stores by its first millisecond. */
export interface Days {
  /** An IANA name. */
  readonly timeZone: string;
  /** The date of a day. */
  dateOf(dayMs: number): string;
  /** The date at a time. */
  dateAt(timeMs: number): string;
  /** The date so many days before or, negative, behind another. */
  before(date: string, days: number): string;
  /** Whether a text is a date. */
  isDate(text: string): boolean;
  /** The days from a date to another, both included, as a range of their first milliseconds; an empty date is no bound. */
  span(since: string, until: string): DaySpan;
}

/** Days by their first milliseconds, `fromMs` included, `toMs` not. */
export interface DaySpan {
  readonly fromMs: number;
  readonly toMs: number;
}

// The middle of a day has its date in most time zones, so that days keep their dates when the zone is configured anew.
const halfDayMs = 12 * 3_600_000;

/** The days of a time zone (a name of the IANA database). Throws RangeError for an unknown zone. */
export function daysOf(timeZone: string): Days {
  const plain = (timeMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs)).toZonedDateTimeISO(timeZone).toPlainDate();
  const startMs = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
  const known = new Map<number, string>();
  return {
    timeZone,
    dateOf(dayMs) {
      const date = known.get(dayMs) ?? plain(dayMs + halfDayMs).toString();
      if (known.size < mostKnown) known.set(dayMs, date);
      return date;
    },
    dateAt: (timeMs) => plain(timeMs).toString(),
    before: (date, days) => Temporal.PlainDate.from(date).subtract({ days }).toString(),
    isDate,
    span: (since, until) => ({
      fromMs: since === "" ? 0 : startMs(Temporal.PlainDate.from(since)) - halfDayMs,
      toMs:
        until === "" ? Number.MAX_SAFE_INTEGER : startMs(Temporal.PlainDate.from(until).add({ days: 1 })) - halfDayMs,
    }),
  };
}

const mostKnown = 10_000;

function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text).year >= 1970;
  } catch {
    return false;
  }
}
