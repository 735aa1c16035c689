import type { Task } from "@switchyard/contracts/vocabulary/routing";

/** What outcomes of the operator's own traffic have taught, as one version of the policy. */
export interface Lessons {
  /** Name of the version of the policy: `odds-405e04dc/t12`. */
  readonly name: string;
  /** Added to the log-odds that a model's answer to a task is good enough. */
  shiftOf(model: string, task: Task): number;
}

/** No outcome is known, and no version is kept. */
export const nothingLearned: Lessons = { name: "", shiftOf: () => 0 };

/** A chance (0 to 1) moved by so much in log-odds. */
export function shifted(chance: number, shift: number): number {
  if (shift === 0) return chance;
  const kept = Math.min(0.999, Math.max(0.001, chance));
  const odds = kept * Math.exp(shift);
  return odds / (1 - kept + odds);
}
