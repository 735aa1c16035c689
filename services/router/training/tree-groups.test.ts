import { describe, expect, it } from "vitest";
import { structureSize } from "../src/domain/odds/structure.ts";
import type { Examples } from "./examples.ts";
import type { TrainingSet } from "./training-set.ts";
import { growGroup, judgeRows, plotsOf } from "./tree-groups.ts";

const rowCount = 300;
const models = ["gpt-4-1106-preview", "mixtral-8x7b-instruct"];
const heads = models.map((model) => `mmlu|${model}`);

/** The strong model is right where the last number of the structure is high, a third that no decimal number is. */
const isRight = (row: number) => (row % 3 === 0 ? 1 : 0);
const structure = new Float32Array(rowCount * structureSize);
for (let row = 0; row < rowCount; row++) structure[(row + 1) * structureSize - 1] = isRight(row) / 3;

const set: TrainingSet = {
  rows: Array.from({ length: rowCount }, (_, row) => ({
    ...{ id: `${row}`, source: "mmlu/law", prompt: "", tok_in: 1 },
    models: { [models[0] as string]: { score: isRight(row) }, [models[1] as string]: { score: 0 } },
  })),
  texts: [],
  labels: {
    outcomes: Array.from({ length: rowCount }, (_, row) => [[0, isRight(row)] as const, [1, 0] as const]),
    ...{ sources: [], headCount: 2, sourceCount: 1 },
  },
  ...{ heads, sources: ["mmlu/law"], unlike: 1, paths: [] },
};
const examples = { structure } as unknown as Examples;
const linear = {
  shared: new Float64Array(rowCount * 2).fill(0.5),
  own: new Float64Array(rowCount * 2).fill(0.5),
};

describe("the trees of a set", () => {
  const [plot] = plotsOf(set, examples, linear, [0, 1]);
  if (!plot) throw new TypeError("MMLU has trees");

  it("judge the rows asked for, and no others", () => {
    const chances = new Float64Array(rowCount * 2).fill(-1);
    judgeRows(
      plot,
      growGroup(plot, set, (row) => row >= 100),
      (row) => row < 100,
      2,
      chances,
    );
    expect(chances[0]).toBeGreaterThan((chances[2] as number) + 0.3);
    expect(chances[200]).toBe(-1);
  });

  it("keep on its side a value that a threshold is taken from, though thresholds are rounded", () => {
    const { thresholds, inputs } = growGroup(plot, set, () => true);
    const used = thresholds.filter((_, at) => (inputs[at] as number) >= 0);
    expect(used.length).toBeGreaterThan(0);
    expect(used.every((threshold) => threshold <= Math.fround(1 / 3))).toBe(true);
  });
});
