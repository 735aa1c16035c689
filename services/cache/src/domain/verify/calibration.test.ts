import { describe, expect, it } from "vitest";
import { thresholdFor } from "./calibration.ts";

const table = [
  { score: 0.9, falseHitRate: 0 },
  { score: 0.8, falseHitRate: 0.004 },
  { score: 0.7, falseHitRate: 0.02 },
];

describe("a threshold", () => {
  it("is the lowest score that keeps the budget", () => {
    expect(thresholdFor(table, 0.01)).toBe(0.8);
    expect(thresholdFor(table, 0.02)).toBe(0.7);
    expect(thresholdFor(table, 0)).toBe(0.9);
  });

  it("lets nothing pass where no score keeps it", () => {
    expect(thresholdFor([{ score: 1, falseHitRate: 0.5 }], 0.01)).toBeGreaterThan(1);
    expect(thresholdFor([], 0.01)).toBeGreaterThan(1);
  });
});
