import { describe, expect, it } from "vitest";
import { interval, measure } from "./measures.ts";

const pairs = (scores: readonly number[], same: boolean, threshold = 2) =>
  scores.map((score) => ({ score, same, hit: score >= threshold }));

describe("the measures", () => {
  it("know perfect, useless and reversed orders", () => {
    expect(measure([...pairs([0.9, 0.8], true), ...pairs([0.1, 0.2], false)])).toMatchObject({
      auc: 1,
      recallAt1pct: 1,
    });
    expect(measure([...pairs([0.5, 0.5], true), ...pairs([0.5, 0.5], false)])).toMatchObject({
      auc: 0.5,
      recallAt1pct: 0,
    });
    expect(measure([...pairs([0.1], true), ...pairs([0.9], false)]).auc).toBe(0);
  });

  it("take recall where the false hits keep the bound, equal scores together", () => {
    const negatives = Array.from({ length: 100 }, (_, index) => (index < 2 ? 0.9 : 0.1));
    const found = measure([...pairs([0.95, 0.9, 0.5, 0.05], true), ...pairs(negatives, false)]);
    expect(found.recallAt1pct).toBe(0.25);
    expect(found.recallAtPrecision90).toBe(0.25);
  });

  it("say what the decision did", () => {
    const found = measure([...pairs([0.9, 0.1], true, 0.5), ...pairs([0.9, 0.1, 0.1, 0.1], false, 0.5)]);
    expect(found.decision).toEqual({ hitRate: 0.5, falseHitRate: 0.25 });
  });

  it("give null where there is nothing to take a share of", () => {
    expect(measure(pairs([0.5], true))).toMatchObject({
      auc: null,
      recallAt1pct: null,
      decision: { falseHitRate: null },
    });
  });

  it("give Wilson's interval", () => {
    expect(interval(0, 0)).toEqual([0, 1]);
    const [low, high] = interval(10, 1000);
    expect(low).toBeCloseTo(0.00544, 4);
    expect(high).toBeCloseTo(0.01831, 4);
  });
});
