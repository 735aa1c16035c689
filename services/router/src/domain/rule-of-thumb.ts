import type { Classification } from "@switchyard/contracts/vocabulary/routing";

/**
 * A classification for when the classifier is down: nothing is claimed about the task, and length alone makes a prompt hard,
 * so that doubt goes to the abler models.
 */
export function ruleOfThumb(inputTokens: number): Classification {
  return {
    task: "TASK_UNSPECIFIED",
    taskConfidence: 0,
    complexity: Math.min(1, 0.3 + inputTokens / 4_000),
    complexityConfidence: 0,
    language: "und",
    classifierVersion: "fallback",
  };
}
