import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { binCount, type Cell } from "../domain/outcomes/tables.ts";

/** Outcomes of one part of the expectations, as stores keep them. */
export interface BinRow {
  readonly model: string;
  readonly task: Task;
  readonly bin: number;
  readonly count: number;
  readonly score: number;
}

/** Rows as cells, by model and task. */
export function cellsOf(rows: readonly BinRow[]): Cell[] {
  const cells = new Map<string, { model: string; task: Task; counts: number[]; scores: number[] }>();
  for (const { model, task, bin, count, score } of rows) {
    const key = `${model}\n${task}`;
    const cell = cells.get(key) ?? { model, task, counts: zeros(), scores: zeros() };
    cells.set(key, cell);
    cell.counts[bin] = count;
    cell.scores[bin] = score;
  }
  return [...cells.keys()].sort().map((key) => cells.get(key) as Cell);
}

const zeros = () => Array.from({ length: binCount }, () => 0);
