import type { Task } from "@switchyard/contracts/vocabulary/routing";

/** What is at stake where an answer is bad. */
export type Stakes = "low" | "medium" | "high";

/** How much of all traffic a feature is: `high` from a tenth on, `medium` from a hundredth on. */
export type Volume = "low" | "medium" | "high";

export const allStakes: readonly Stakes[] = ["high", "medium", "low"];

/** Tasks by the word that people write. */
export const taskOfWord: Readonly<Record<string, Task>> = {
  chat: "TASK_CHAT",
  classification: "TASK_CLASSIFICATION",
  extraction: "TASK_EXTRACTION",
  summarization: "TASK_SUMMARIZATION",
  translation: "TASK_TRANSLATION",
  code: "TASK_CODE",
  reasoning: "TASK_REASONING",
  writing: "TASK_WRITING",
};

/** `TASK_CODE` is `code`; `unknown` where it is not set. */
export function wordOfTask(task: Task): string {
  return task === "TASK_UNSPECIFIED" ? "unknown" : task.slice("TASK_".length).toLowerCase();
}

export const isStakes = (word: string): word is Stakes => word === "low" || word === "medium" || word === "high";
