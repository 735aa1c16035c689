import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { PromptView } from "./prompt-view.ts";
import type { Structure } from "./structure.ts";

/** What the looks of a prompt say for a task. */
export interface StructureCue {
  readonly task: Task;
  readonly weight: number;
  readonly holds: (structure: Structure, view: PromptView) => boolean;
}

/** A given text beside the instructions begins at about so many words. */
const givenTextWords = 60;
/** Beyond so many words, numbers are those of a given text, not of a problem. */
const longestProblemWords = 130;

const startsWithQuestionWord =
  /^(?:what|who|when|where|why|how|which|whose|is|are|was|were|can|do|does|did|should|will|would)\b/i;

/** A yes-or-no question that begins or ends the turn, or stands on a line of its own. */
const asksYesOrNo =
  /(?:^|\n|[:.] )(?:is|are|was|does|do|did|would|should|can) (?:this|these|it|that|the|you|i|we|they)\b[^?\n]{0,160}\?/i;

/** Every cue that needs no vocabulary of its task. */
export const structureCues: readonly StructureCue[] = [
  { task: "TASK_CODE", weight: 1.5, holds: ({ hasCodeFence }) => hasCodeFence },
  { task: "TASK_CODE", weight: 2, holds: ({ codeLines }) => codeLines >= 2 },
  { task: "TASK_CODE", weight: 1.5, holds: ({ codeLines, lines }) => codeLines >= 3 && codeLines > 0.3 * lines },
  { task: "TASK_CODE", weight: 1, holds: (_structure, { instruction }) => /`[^`\n]{1,60}`/.test(instruction) },
  { task: "TASK_CODE", weight: 1, holds: ({ hasLiteral }) => hasLiteral },
  { task: "TASK_REASONING", weight: 3, holds: ({ mathMarks, codeLines }) => mathMarks >= 3 && codeLines < 2 },
  {
    task: "TASK_REASONING",
    weight: 1.5,
    holds: (_structure, { instruction }) => /\d ?%|\d ?[+*×÷^] ?\d|\d[a-z]? ?= ?-?[\da-z]/i.test(instruction),
  },
  { task: "TASK_REASONING", weight: 2, holds: ({ options }) => options >= 3 },
  {
    task: "TASK_REASONING",
    weight: 2,
    holds: ({ numbers, questions, words }) =>
      questions > 0 && numbers >= 2 && numbers > 0.04 * words && words <= longestProblemWords,
  },
  {
    task: "TASK_REASONING",
    weight: 1.5,
    holds: (_structure, { instruction }) =>
      /\bhow (?:many|much|long|far|old|fast|tall)\b[^?]{0,120}\?/i.test(instruction),
  },
  { task: "TASK_SUMMARIZATION", weight: 1, holds: ({ spokenLines }) => spokenLines >= 4 },
  {
    task: "TASK_EXTRACTION",
    weight: 1.5,
    holds: ({ words, questions, codeLines }) => words > givenTextWords && questions > 0 && codeLines < 2,
  },
  {
    task: "TASK_CLASSIFICATION",
    weight: 1.5,
    holds: ({ words }, { instruction }) => words > 30 && asksYesOrNo.test(instruction),
  },
  { task: "TASK_EXTRACTION", weight: 1, holds: (_structure, { wantsJson }) => wantsJson },
  {
    task: "TASK_CHAT",
    weight: 1,
    holds: ({ words, numbers, codeLines }, { opening }) =>
      words <= 30 && numbers < 2 && codeLines === 0 && startsWithQuestionWord.test(opening),
  },
  { task: "TASK_CHAT", weight: 1, holds: ({ words }) => words > 0 && words <= 4 },
];
