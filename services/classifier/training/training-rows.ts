import { ownPrompts } from "./own-prompts/own-prompts.ts";
import { type Row, readRows } from "./rows.ts";

/** Sources that the shipped weights leave out: non-commercial, or without a licence of their own. */
export const leftOut: Readonly<Record<string, string>> = {
  autoj: "no licence stated",
  codealpaca: "CC BY-NC 4.0",
  codealpaca2k: "CC BY-NC 4.0",
  stackoverflow: "no licence stated",
  quora: "terms of Quora",
  alignbench_zh: "no licence stated",
};

/** What the project's own prompts are called among the sources. */
export const ownSource = "own";

/** Rows that may be trained on. The code in `crossed` comes from CodeAlpaca, so it is left out with it. */
export function mayTrainOn(row: Row): boolean {
  return !(row.source in leftOut) && !(row.source === "crossed" && row.task === "code");
}

/** The rows of a file that may be trained on; with `everything`, all. */
export function licensedRows(path: string, everything: boolean): Row[] {
  return readRows(path).filter((row) => everything || mayTrainOn(row));
}

/** The project's own prompts as rows, `ofEach` of every task. */
export function ownRows(ofEach: number, seed: number): Row[] {
  return ownPrompts(ofEach, seed).map((prompt) => ({
    ...prompt,
    source: ownSource,
    native: prompt.task,
    group: ownSource,
    lang: "en",
    complexity: null,
    cx_src: null,
  }));
}

/**
 * How much each row counts: a large group of one source and task less than its size, so that no source drowns the others,
 * and every task alike in all.
 */
export function weightsOf(rows: readonly Row[], classes: readonly string[]): Float32Array {
  const sizes = new Map<string, number>();
  const keyOf = (row: Row) => `${row.source} ${row.task}`;
  for (const row of rows) sizes.set(keyOf(row), (sizes.get(keyOf(row)) ?? 0) + 1);
  const weights = Float32Array.from(rows, (row) => (sizes.get(keyOf(row)) ?? 1) ** -0.5);
  const sums = new Map<string | null, number>();
  rows.forEach((row, index) => {
    sums.set(row.task, (sums.get(row.task) ?? 0) + (weights[index] as number));
  });
  return weights.map((weight, index) => {
    const sum = sums.get(rows[index]?.task ?? null) ?? 1;
    return (weight * rows.length) / (sum * classes.length);
  });
}
