import { describe, expect, it } from "vitest";
import { tightened } from "./tighten.ts";

describe("what a hit needs where some were wrong", () => {
  it("is what it was while nothing is reported", () => {
    expect(tightened(0.9, { bad: 0, hits: 5 }, 0.01)).toBe(0.9);
  });

  it("grows with every report, and never reaches certainty", () => {
    let before = 0.9;
    for (let bad = 1; bad <= 1_000; bad++) {
      const needed = tightened(0.9, { bad, hits: 0 }, 0.01);
      expect(needed).toBeGreaterThan(before);
      expect(needed).toBeLessThan(1);
      before = needed;
    }
  });

  it("halves its gap to certainty, or nearly, at the first report", () => {
    expect(1 - tightened(0.9, { bad: 1, hits: 0 }, 0.01)).toBeCloseTo(0.0505, 4);
  });

  it("is what it was again when the hits keep the budget, and never less", () => {
    expect(tightened(0.9, { bad: 1, hits: 100 }, 0.01)).toBeCloseTo(0.9, 10);
    expect(tightened(0.9, { bad: 1, hits: 100_000 }, 0.01)).toBeCloseTo(0.9, 10);
  });

  it("stays out of reach where nothing may pass, whatever the budget", () => {
    expect(tightened(1.01, { bad: 3, hits: 0 }, 0.01)).toBeGreaterThan(1);
    expect(tightened(0.9, { bad: 1, hits: 0 }, 0)).toBeLessThan(1);
  });
});
