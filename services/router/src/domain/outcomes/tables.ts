import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { logistic, logOdds } from "../odds/odds.ts";
import type { Lessons } from "./lessons.ts";

/** Outcomes of one model at one task, by what was expected beforehand. */
export interface Cell {
  readonly model: string;
  readonly task: Task;
  /** For each tenth of the expected chance, from 0 to 1: how many outcomes, by weight, and the sum of their scores. */
  readonly counts: readonly number[];
  readonly scores: readonly number[];
}

/** Parts that the expected chance is cut into. */
export const binCount = 10;

/** The part that a chance (0 to 1) lies in. */
export const binOf = (chance: number) => Math.min(binCount - 1, Math.max(0, Math.floor(chance * binCount)));

/** How outcomes become shifts; the configuration's `router.outcomes` says it. */
export interface TeachingPolicy {
  /** Outcomes that the expectation counts for, of a model and again of its task: the more, the slower it learns. */
  readonly patience: number;
  /** Most that is added to the log-odds of a model at a task, in either direction. */
  readonly maxShift: number;
}

/** Outcomes of a cell, by weight. */
export const countOf = ({ counts }: Cell) => counts.reduce((sum, count) => sum + count, 0);

/**
 * What cells teach, as the version of that name. A model's outcomes at all tasks shift it at all of them, and those at one
 * task shift it there beyond that: few outcomes move little, and many at most `maxShift`. What was learned of the baseline is
 * taken off all others, since they are held against it, and the baseline itself stays where it is.
 */
export function lessonsOf(name: string, cells: readonly Cell[], baseline: string, policy: TeachingPolicy): Lessons {
  const general = new Map<string, number>();
  const byTask = new Map<Task, Map<string, number>>();
  for (const [model, own] of Map.groupBy(cells, (cell) => cell.model)) {
    const shift = fitShift(own, 0, policy);
    general.set(model, shift);
    for (const cell of own) {
      const shifts = byTask.get(cell.task) ?? new Map<string, number>();
      byTask.set(cell.task, shifts);
      shifts.set(model, bound(shift + fitShift([cell], shift, policy), policy));
    }
  }
  // Asked for every model of every decision, so the whole table is made beforehand, task by task.
  const relative = (shifts: ReadonlyMap<string, number>) => {
    const held = shifts.get(baseline) ?? general.get(baseline) ?? 0;
    const models = new Set([...general.keys(), ...shifts.keys()]);
    const table = new Map<string, number>();
    for (const model of models) {
      const own = shifts.get(model) ?? general.get(model) ?? 0;
      table.set(model, model === baseline ? 0 : bound(own - held, policy));
    }
    return { table, others: bound(0 - held, policy) };
  };
  const elsewhere = relative(new Map());
  const tables = new Map([...byTask].map(([task, shifts]) => [task, relative(shifts)]));
  return {
    name,
    shiftOf(model, task) {
      const { table, others } = tables.get(task) ?? elsewhere;
      return table.get(model) ?? (model === baseline ? 0 : others);
    },
  };
}

const bound = (shift: number, { maxShift }: TeachingPolicy) => Math.max(-maxShift, Math.min(maxShift, shift));

/** A chance is worth 0.25 of information at most; so much counts as one outcome of the expectation. */
const informationOfOne = 0.25;

/** The likeliest shift in log-odds beyond an offset, by Newton's method, where `patience` outcomes speak for none. */
function fitShift(cells: readonly Cell[], offset: number, { patience, maxShift }: TeachingPolicy): number {
  const ridge = patience * informationOfOne;
  let shift = 0;
  for (let round = 0; round < 20; round++) {
    let slope = -ridge * shift;
    let information = ridge;
    for (const { counts, scores } of cells) {
      for (let bin = 0; bin < binCount; bin++) {
        const count = counts[bin] ?? 0;
        if (count === 0) continue;
        const chance = logistic(logOdds((bin + 0.5) / binCount) + offset + shift);
        slope += (scores[bin] ?? 0) - count * chance;
        information += count * chance * (1 - chance);
      }
    }
    const step = Math.max(-1, Math.min(1, slope / information));
    shift = Math.max(-maxShift, Math.min(maxShift, shift + step));
    if (Math.abs(step) < 1e-6) break;
  }
  return shift;
}
