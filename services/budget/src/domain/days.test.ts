import { describe, expect, it } from "vitest";
import { calendarOf } from "./calendar.ts";
import { daysOf } from "./days.ts";

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"];
const hourMs = 3_600_000;

describe("days", () => {
  it.each(zones)("have the date that the calendar of %s begins them with, every day of a year", (zone) => {
    const days = daysOf(zone);
    const calendar = calendarOf(zone);
    let dayMs = Temporal.PlainDate.from("2026-01-01").toZonedDateTime(zone).epochMilliseconds;
    let date = "2026-01-01";
    for (let day = 0; day < 366; day++) {
      expect(days.dateOf(dayMs)).toBe(date);
      const span = days.span(date, date);
      expect(dayMs >= span.fromMs && dayMs < span.toMs).toBe(true);
      dayMs = calendar(dayMs).day.endMs;
      expect(dayMs).toBeGreaterThanOrEqual(span.toMs);
      date = days.before(date, -1);
    }
  });

  it("keep their dates when the zone is configured anew", () => {
    const berlin = calendarOf("Europe/Berlin")(Date.UTC(2026, 10, 20, 12)).day.startMs;
    expect(daysOf("UTC").dateOf(berlin)).toBe("2026-11-20");
    expect(daysOf("America/New_York").dateOf(berlin)).toBe("2026-11-20");
  });

  it("are those of the zone, not of UTC", () => {
    expect(daysOf("Asia/Kolkata").dateAt(Date.UTC(2026, 10, 20, 19))).toBe("2026-11-21");
    expect(daysOf("Europe/Berlin").before("2026-03-30", 1)).toBe("2026-03-29");
  });

  it("have no bound where no date is given", () => {
    expect(daysOf("UTC").span("", "")).toEqual({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    expect(daysOf("UTC").span("2026-11-20", "").fromMs).toBe(Date.UTC(2026, 10, 20) - 12 * hourMs);
  });

  it.each(["2026-02-30", "2026-13-01", "26-01-01", "yesterday", "", "1969-12-31"])(
    "do not take %j for a date",
    (text) => {
      expect(daysOf("UTC").isDate(text)).toBe(false);
    },
  );
});
