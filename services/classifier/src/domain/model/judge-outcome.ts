import type { Task } from "@switchyard/contracts/vocabulary/routing";

/** Columns after the tasks', in the order of training/fit-complexity.ts. */
const outcomeColumn = { nineModelsFail: 0, cheapModelFails: 1, hardLevel: 2, isMeasuredKind: 3 } as const;

/** The share that the level of a mathematical problem has in its complexity. */
const shareOfLevel = 0.2;
/** What the outcomes of nine models say beside those of one pair, which are fewer. */
const shareOfNine = 0.55;
/** How fast trust in the outcomes rises with the likeness to prompts that they were measured on. */
const steepness = 1.5;

/**
 * How hard a prompt is. Where it is of the kind that models' outcomes were measured on, the chance that cheap models fail at
 * it; otherwise what the rules say; in between a mixture. `scores` are the columns after those of the tasks.
 */
export function judgeOutcome(task: Task, scores: Float64Array, byRules: number): number {
  const nine = scores[outcomeColumn.nineModelsFail] ?? 0;
  const cheap = scores[outcomeColumn.cheapModelFails] ?? 0;
  const failure = sigmoid(shareOfNine * nine + (1 - shareOfNine) * cheap);
  const level = sigmoid(scores[outcomeColumn.hardLevel] ?? 0);
  const measured = task === "TASK_REASONING" ? failure + shareOfLevel * (level - failure) : failure;
  const trust = sigmoid(steepness * (scores[outcomeColumn.isMeasuredKind] ?? 0) + 1);
  return byRules + trust * (measured - byRules);
}

const sigmoid = (score: number) => 1 / (1 + Math.exp(-score));
