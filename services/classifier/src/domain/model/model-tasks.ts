import type { Task } from "@switchyard/contracts/vocabulary/routing";

/** The tasks that a model tells apart, in the order of its first columns. */
export const modelTasks: readonly Task[] = [
  "TASK_CHAT",
  "TASK_CLASSIFICATION",
  "TASK_EXTRACTION",
  "TASK_SUMMARIZATION",
  "TASK_TRANSLATION",
  "TASK_CODE",
  "TASK_REASONING",
  "TASK_WRITING",
];
