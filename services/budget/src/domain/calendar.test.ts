import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarOf } from "./calendar.ts";

const hourMs = 3_600_000;
const hours = ({ startMs, endMs }: { startMs: number; endMs: number }) => (endMs - startMs) / hourMs;
const zones = ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"];

describe("a day of the calendar", () => {
  it("runs from midnight to midnight", () => {
    const noon = Date.UTC(2028, 1, 29, 12);
    expect(calendarOf("UTC")(noon).day).toEqual({ startMs: Date.UTC(2028, 1, 29), endMs: Date.UTC(2028, 2, 1) });
    const { day } = calendarOf("Asia/Kathmandu")(noon);
    expect(new Date(day.startMs).toISOString()).toBe("2028-02-28T18:15:00.000Z");
  });

  it("has 23 hours when the clocks go forward and 25 when they go back", () => {
    const berlin = calendarOf("Europe/Berlin");
    expect(hours(berlin(Date.UTC(2026, 2, 29, 12)).day)).toBe(23);
    expect(hours(berlin(Date.UTC(2026, 9, 25, 12)).day)).toBe(25);
    expect(new Date(berlin(Date.UTC(2026, 9, 25, 12)).day.endMs).toISOString()).toBe("2026-10-25T23:00:00.000Z");
  });

  it("begins at its first moment where the clocks skip midnight, and holds both midnights where it comes twice", () => {
    const forward = calendarOf("America/Sao_Paulo")(Date.UTC(2018, 10, 4, 12)).day;
    expect(new Date(forward.startMs).toISOString()).toBe("2018-11-04T03:00:00.000Z");
    expect(hours(forward)).toBe(23);
    expect(hours(calendarOf("America/Sao_Paulo")(Date.UTC(2018, 1, 17, 12)).day)).toBe(25);
  });

  it("may be followed by the day after next", () => {
    const last = calendarOf("Pacific/Apia")(Date.UTC(2011, 11, 29, 12)).day;
    expect(calendarOf("Pacific/Apia")(last.endMs).day.startMs).toBe(last.endMs);
    expect(hours(last)).toBe(24);
  });
});

describe("a month of the calendar", () => {
  it("has the length it has", () => {
    const lengths = [0, 1, 2, 3].map((month) => hours(calendarOf("UTC")(Date.UTC(2028, month, 15)).month) / 24);
    expect(lengths).toEqual([31, 29, 31, 30]);
    expect(hours(calendarOf("Europe/Berlin")(Date.UTC(2026, 2, 15)).month)).toBe(31 * 24 - 1);
    expect(hours(calendarOf("Europe/Berlin")(Date.UTC(2026, 9, 15)).month)).toBe(31 * 24 + 1);
  });

  it("ends in the zone's year, not in that of UTC", () => {
    const { day, month } = calendarOf("America/New_York")(Date.UTC(2027, 0, 1, 4, 59, 59, 999));
    expect(new Date(month.startMs).toISOString()).toBe("2026-12-01T05:00:00.000Z");
    expect(month.endMs).toBe(day.endMs);
    expect(calendarOf("America/New_York")(month.endMs).month.startMs).toBe(month.endMs);
  });
});

it("days and months follow each other without gap or overlap, and a day is one date", () => {
  const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
  fc.assert(
    fc.property(instant, fc.constantFrom(...zones), (timeMs, timeZone) => {
      const calendar = calendarOf(timeZone);
      const { day, month } = calendar(timeMs);
      const format = new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short" });
      const date = (atMs: number) => format.format(atMs);
      expect(timeMs).toBeGreaterThanOrEqual(day.startMs);
      expect(timeMs).toBeLessThan(day.endMs);
      expect(month.startMs).toBeLessThanOrEqual(day.startMs);
      expect(month.endMs).toBeGreaterThanOrEqual(day.endMs);
      expect(calendar(day.endMs).day.startMs).toBe(day.endMs);
      expect(calendar(day.startMs - 1).day.endMs).toBe(day.startMs);
      expect(calendar(month.endMs).month.startMs).toBe(month.endMs);
      expect([date(day.startMs), date(day.endMs - 1)]).toEqual([date(timeMs), date(timeMs)]);
      expect([date(day.startMs - 1), date(day.endMs)]).not.toContain(date(timeMs));
    }),
  );
});

it("a time zone that is none is refused", () => {
  expect(() => calendarOf("Mars/Olympus")).toThrow(RangeError);
});
