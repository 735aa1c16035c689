import type { Scored } from "./measures.ts";
import type { RoutingRow } from "./routing-data.ts";
import { costOf, type Pair } from "./sets.ts";

/** What a checker can see of a cheap answer without knowing whether it is right. */
export interface Seen {
  /** What the odds said beforehand: chance of the strong model less that of the cheap one, and the cheap one's. */
  readonly gap: number;
  readonly cheapChance: number;
  /** Length of the cheap answer. */
  readonly outputTokens: number;
}

/** A prompt of a pair as a cascade meets it. */
export interface Checked {
  readonly row: RoutingRow;
  readonly seen: Seen;
}

const inputsOf = ({ gap, cheapChance, outputTokens }: Seen): number[] => {
  const length = Math.log1p(outputTokens) - 4.5;
  const kept = Math.min(0.99, Math.max(0.01, cheapChance));
  return [1, 4 * gap, Math.log(kept / (1 - kept)), length, length * length];
};

/** The rows whose cheap answer has a known length, as the checker sees them. */
export function checkedRows(
  rows: readonly RoutingRow[],
  { strong, cheap }: Pair,
  chanceOf: (index: number, model: string) => number,
): Checked[] {
  return rows.flatMap((row, index): Checked[] => {
    const outputTokens = row.models[cheap]?.tok_out;
    if (outputTokens === undefined || !row.models[strong]) return [];
    const cheapChance = chanceOf(index, cheap);
    return [{ row, seen: { gap: chanceOf(index, strong) - cheapChance, cheapChance, outputTokens } }];
  });
}

/** Learns from train prompts how likely the strong model does better, by Newton's method with a little ridge. */
export function fitChecker(rows: readonly Checked[], { strong, cheap }: Pair): number[] {
  const examples = rows.map(({ row, seen }) => ({
    inputs: inputsOf(seen),
    isBetter: (row.models[strong]?.score ?? 0) > (row.models[cheap]?.score ?? 0) ? 1 : 0,
  }));
  let weights = inputsOf({ gap: 0, cheapChance: 0.5, outputTokens: 0 }).map(() => 0);
  for (let round = 0; round < 15; round++) {
    const slope = weights.map((weight) => weight);
    const curvature = weights.map((_, i) => weights.map((__, j) => (i === j ? 1 : 0)));
    for (const { inputs, isBetter } of examples) {
      const chance = doubt(weights, inputs);
      for (const [i, x] of inputs.entries()) {
        slope[i] = (slope[i] as number) + (chance - isBetter) * x;
        const line = curvature[i] as number[];
        for (const [j, y] of inputs.entries()) line[j] = (line[j] as number) + chance * (1 - chance) * x * y;
      }
    }
    const step = solve(curvature, slope);
    weights = weights.map((weight, i) => weight - (step[i] as number));
  }
  return weights.map((weight) => Number(weight.toFixed(5)));
}

/**
 * The prompts as the cascade pays for them: the cheap answer always, the strong one where the checker doubts; beside the
 * strong model alone.
 */
export function cascaded(rows: readonly Checked[], { strong, cheap }: Pair, checker: readonly number[]): Scored[] {
  return rows.map(({ row, seen }) => ({
    strong: row.models[strong]?.score ?? 0,
    cheap: row.models[cheap]?.score ?? 0,
    strongCost: costOf(row, cheap) + costOf(row, strong),
    cheapCost: costOf(row, cheap),
    aloneCost: costOf(row, strong),
    score: doubt(checker, inputsOf(seen)),
  }));
}

function doubt(weights: readonly number[], inputs: readonly number[]): number {
  return 1 / (1 + Math.exp(-inputs.reduce((sum, input, i) => sum + input * (weights[i] as number), 0)));
}

/** Solves a small positive definite system by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((line, i) => [...line, right[i] as number]);
  for (const [i, pivot] of rows.entries()) {
    for (const [j, line] of rows.entries()) {
      if (i === j) continue;
      const factor = (line[i] as number) / (pivot[i] as number);
      for (const [k, value] of pivot.entries()) line[k] = (line[k] as number) - factor * value;
    }
  }
  return rows.map((line, i) => (line.at(-1) as number) / (line[i] as number));
}
