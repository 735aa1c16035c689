import { describe, expect, it } from "vitest";
import {
  accuracyOf,
  areaUnderCurve,
  calibrationErrorOf,
  confusionOf,
  type Judged,
  macroF1Of,
  mostConfident,
  percentile,
} from "./measures.ts";

const judged = (task: string, judgedTask: string, confidence: number): Judged => ({
  source: "s",
  task,
  judgedTask,
  confidence,
});
const some = [judged("a", "a", 0.9), judged("a", "b", 0.6), judged("b", "b", 0.8), judged("b", "b", 0.7)];

describe("the measures of the classifier", () => {
  it("count what is right", () => {
    expect(accuracyOf(some)).toBe(0.75);
    expect(accuracyOf([])).toBe(0);
    expect(accuracyOf(mostConfident(some, 0.5))).toBe(1);
  });

  it("give every task the same weight in F1", () => {
    expect(macroF1Of(some)).toBeCloseTo((2 / 3 + 4 / 5) / 2);
  });

  it("tell how far confidence is from accuracy", () => {
    expect(calibrationErrorOf([judged("a", "a", 0.75), judged("a", "b", 0.75)])).toBeCloseTo(0.25);
  });

  it("count what was taken for what", () => {
    expect(confusionOf(some)).toEqual({ a: { a: 1, b: 1 }, b: { b: 2 } });
  });

  it("rank true above false, and know a coin by its half", () => {
    const of = (...scores: [number, boolean][]) => areaUnderCurve(scores.map(([score, isTrue]) => ({ score, isTrue })));
    expect(of([1, true], [0, false])).toBe(1);
    expect(of([1, true], [1, false])).toBe(0.5);
    expect(of([0, true], [1, false], [2, true])).toBe(0.5);
    expect(of([1, true])).toBeUndefined();
  });

  it("find the value below which a share lies", () => {
    expect(percentile([3, 1, 2, 4], 0.5)).toBe(3);
    expect(percentile([], 0.5)).toBe(0);
  });
});
