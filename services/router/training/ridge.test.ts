import { describe, expect, it } from "vitest";
import { structureSize } from "../src/domain/odds/structure.ts";
import type { Examples } from "./examples.ts";
import { fitRidge } from "./ridge.ts";

/** Rows of one word each. */
function examplesOf(words: readonly number[]): Examples {
  return {
    count: words.length,
    starts: Int32Array.from({ length: words.length + 1 }, (_, row) => row),
    ids: Int32Array.from(words),
    values: new Float32Array(words.length).fill(1),
    structure: new Float32Array(words.length * structureSize),
  };
}

const settings = { ridge: 1, steps: 20, structureScale: 0.1 };

describe("a ridge regression", () => {
  it("gives every word the part of its scores that the ridge leaves", () => {
    const { words, bias } = fitRidge(
      examplesOf([0, 0, 0, 1, 1, 1]),
      [0, 1, 2, 3, 4, 5],
      [1, 1, 1, 0, 0, 0],
      2,
      settings,
    );
    expect(bias).toBe(0.5);
    expect(words[0]).toBeCloseTo((3 * 0.5) / (3 + 1));
    expect(words[1]).toBeCloseTo((-3 * 0.5) / (3 + 1));
  });

  it("looks at no other rows than those given", () => {
    const { words } = fitRidge(examplesOf([0, 1, 0]), [0, 2], [1, 0], 2, settings);
    expect(words[1]).toBe(0);
  });

  it("is all mean where every score is the same", () => {
    const { words, bias } = fitRidge(examplesOf([0, 1]), [0, 1], [0.3, 0.3], 2, settings);
    expect(bias).toBeCloseTo(0.3);
    expect([...words].every((weight) => Math.abs(weight) < 1e-6)).toBe(true);
  });
});
