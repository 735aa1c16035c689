import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { KeptRequest } from "./kept-request.ts";
import { type Lessons, shifted } from "./lessons.ts";
import { type Cell, countOf } from "./tables.ts";

/** What two versions say of one model and task. */
export interface Difference {
  readonly model: string;
  readonly task: Task;
  readonly fromCount: number;
  readonly toCount: number;
  readonly fromShift: number;
  readonly toShift: number;
}

/** What two versions would decide on the same requests. */
export interface Replay {
  readonly replayed: number;
  /** Requests of which another model would come first. */
  readonly changed: number;
  readonly fromCostUsdNanos: number;
  readonly toCostUsdNanos: number;
}

/** A version, to compare. */
export interface Side {
  readonly cells: readonly Cell[];
  readonly lessons: Lessons;
}

const leastDifference = 1e-4;

/** Models and tasks of which two versions differ, the most first. */
export function differencesOf(from: Side, to: Side): Difference[] {
  const pairs = new Map([...from.cells, ...to.cells].map(({ model, task }) => [`${model}\n${task}`, { model, task }]));
  const counts = ({ cells }: Side, model: string, task: Task) =>
    cells.filter((cell) => cell.model === model && cell.task === task).reduce((sum, cell) => sum + countOf(cell), 0);
  return [...pairs.values()]
    .map(({ model, task }) => ({
      model,
      task,
      fromCount: counts(from, model, task),
      toCount: counts(to, model, task),
      fromShift: from.lessons.shiftOf(model, task),
      toShift: to.lessons.shiftOf(model, task),
    }))
    .filter(
      ({ fromCount, toCount, fromShift, toShift }) =>
        fromCount !== toCount || Math.abs(toShift - fromShift) > leastDifference,
    )
    .sort((one, other) => Math.abs(other.toShift - other.fromShift) - Math.abs(one.toShift - one.fromShift));
}

/**
 * Decides once more, by both versions, between the models of each request's chain: the cheapest that reaches the wanted
 * chance, or else the likeliest. Other policies than the quality target may order them otherwise.
 */
export function replay(requests: readonly KeptRequest[], from: Lessons, to: Lessons): Replay {
  let [changed, fromCost, toCost] = [0, 0, 0];
  for (const request of requests) {
    const [before, after] = [firstBy(request, from), firstBy(request, to)];
    if (before?.model !== after?.model) changed++;
    fromCost += before?.costUsdNanos ?? 0;
    toCost += after?.costUsdNanos ?? 0;
  }
  return { replayed: requests.length, changed, fromCostUsdNanos: fromCost, toCostUsdNanos: toCost };
}

function firstBy({ chain, task, target }: KeptRequest, lessons: Lessons) {
  const judged = chain.map((one) => ({ ...one, chance: shifted(one.prior, lessons.shiftOf(one.model, task)) }));
  const good = judged.filter(({ chance }) => chance >= target).sort((a, b) => a.costUsdNanos - b.costUsdNanos);
  return good[0] ?? judged.sort((a, b) => b.chance - a.chance)[0];
}
