import { expect, it } from "vitest";
import { dayOf, endOfDay } from "./window.ts";

it("a day runs from midnight to midnight, UTC, leap days included", () => {
  const midnight = Date.UTC(2028, 1, 29);
  expect(dayOf(midnight)).toBe(dayOf(midnight - 1) + 1);
  expect(dayOf(midnight + 86_399_999)).toBe(dayOf(midnight));
  expect(endOfDay(dayOf(midnight))).toEqual(new Date(Date.UTC(2028, 2, 1)));
});
