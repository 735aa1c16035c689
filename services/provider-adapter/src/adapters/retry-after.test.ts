import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./retry-after.ts";

const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);
const delay = (headers: Record<string, string>) => retryDelayMs(new Headers(headers), nowMs);

describe("retryDelayMs", () => {
  it.each([
    ["seconds", { "retry-after": "2" }, 2_000],
    ["fractions of seconds", { "retry-after": "0.25" }, 250],
    ["a date", { "retry-after": "Thu, 01 Jan 2026 12:00:30 GMT" }, 30_000],
    ["a date in the oldest form", { "retry-after": "Thursday, 01-Jan-26 12:00:30 GMT" }, 30_000],
    ["a date that has passed", { "retry-after": "Thu, 01 Jan 2026 11:59:00 GMT" }, 0],
    ["milliseconds", { "retry-after-ms": "1500" }, 1_500],
    ["milliseconds before seconds", { "retry-after-ms": "1500", "retry-after": "60" }, 1_500],
    ["more than a day as a day", { "retry-after": "31536000" }, 86_400_000],
  ])("reads %s", (_what, headers, expected) => {
    expect(delay(headers as Record<string, string>)).toBe(expected);
  });

  it.each([
    ["no header", {}],
    ["an empty header", { "retry-after": "" }],
    ["nonsense", { "retry-after": "soon" }],
    ["a negative number", { "retry-after": "-5" }],
    ["nonsense with a number", { "retry-after": "soon 3" }],
    ["a version", { "retry-after": "2.5.1" }],
  ])("knows nothing from %s", (_what, headers) => {
    expect(delay(headers as Record<string, string>)).toBeUndefined();
  });

  it("knows nothing where there are no headers", () => {
    expect(retryDelayMs(undefined, nowMs)).toBeUndefined();
  });
});
