import { describe, expect, it } from "vitest";
import { createTreeJudge } from "../src/domain/odds/trees.ts";
import { cutsOf } from "./cuts.ts";
import { growTrees, type Orchard } from "./grow-trees.ts";

const settings = {
  ...{ trees: 60, depth: 2, rate: 0.2, rowShare: 0.7, inputShare: 0.8, prior: 1, fewestRows: 3, seed: 1 },
};

/** Two heads; the first is right where the first input is positive but not the second, the other head never. */
function orchard(missing: readonly number[] = []): Orchard {
  const rows = 200;
  const inputs = Float32Array.from({ length: 2 * rows }, (_, at) => Math.sin(7.3 * at + 1));
  const scores = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    scores[2 * row] = (inputs[2 * row] as number) > 0 && (inputs[2 * row + 1] as number) <= 0 ? 1 : 0;
    if (missing.includes(row)) scores[2 * row + 1] = Number.NaN;
  }
  return { rows, inputs, inputCount: 2, scores, headCount: 2, goals: [[1, -1]] };
}

function judged(from: Orchard, inputs: readonly number[]) {
  const into = new Float64Array(2);
  createTreeJudge({ ...growTrees(from, settings), heads: [0, 1], pair: [0, 1] })(Float32Array.from(inputs), into);
  return into;
}

describe("grown trees", () => {
  it("learn what depends on two inputs at once, which no line does", () => {
    expect(judged(orchard(), [0.8, -0.8])[0]).toBeGreaterThan(0.8);
    expect(judged(orchard(), [0.8, 0.8])[0]).toBeLessThan(0.2);
    expect(judged(orchard(), [-0.8, -0.8])[0]).toBeLessThan(0.2);
  });

  it("give each head leaves of its own, and pass over scores that are missing", () => {
    expect(judged(orchard([3, 4, 5]), [0.8, -0.8])[1]).toBeCloseTo(0);
  });

  it("are the same for the same seed", () => {
    expect(growTrees(orchard(), settings)).toEqual(growTrees(orchard(), settings));
  });

  it("split nowhere that leaves fewer rows than wanted", () => {
    const { inputs } = growTrees(orchard(), { ...settings, fewestRows: 150 });
    expect(inputs.every((input) => input === -1)).toBe(true);
  });
});

describe("cuts of inputs", () => {
  it("put equal values into one bin, and a value into the bin after the last edge it reaches", () => {
    const { edges, binOf } = cutsOf({ rows: 6, inputs: Float32Array.of(1, 1, 1, 1, 2, 3), inputCount: 1 }, 3);
    expect(edges).toEqual([[1, 2]]);
    expect([...binOf]).toEqual([1, 1, 1, 1, 2, 2]);
  });
});
