import type { Config } from "@switchyard/config";
import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { CascadePolicy } from "../domain/cascade/plan.ts";
import type { AnswerValidator } from "../ports.ts";

/** When a cheaper model is tried first, by the configuration. */
export const cascadePolicyOf = (
  { tasks, ...cascade }: Config["router"]["cascade"],
  validator: AnswerValidator,
): CascadePolicy => ({
  ...cascade,
  judge: cascade.judge,
  tasks: new Set(tasks.map((task) => `TASK_${task.toUpperCase()}` as Task)),
  validator,
});
