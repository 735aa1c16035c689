import type { Prompt, PromptClassifier } from "../ports.ts";
import { classifyTask } from "./classify-task.ts";
import { judgeComplexity } from "./complexity.ts";
import { viewPrompt } from "./prompt-view.ts";
import { structureOf } from "./structure.ts";

/** Changes whenever the rules judge differently. */
const version = "rules/1";

/** A classifier that judges by rules: no model, no state, some tens of microseconds. `guessLanguage` returns BCP 47 tags. */
export function rulesClassifier(guessLanguage: (text: string) => string): PromptClassifier {
  return {
    classify(prompt: Prompt) {
      const view = viewPrompt(prompt);
      const structure = structureOf(view.body);
      const { task, confidence: taskConfidence } = classifyTask(view, structure);
      const { complexity, confidence: complexityConfidence } = judgeComplexity(task, view, structure);
      return {
        task,
        taskConfidence: rounded(taskConfidence),
        complexity: rounded(complexity),
        complexityConfidence,
        language: guessLanguage(view.body),
        classifierVersion: version,
      };
    },
  };
}

/** Rules know no more digits than these. */
const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
