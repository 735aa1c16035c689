import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { chat } from "./cues/chat.ts";
import { classification } from "./cues/classification.ts";
import { code } from "./cues/code.ts";
import type { Cue } from "./cues/cue.ts";
import { extraction } from "./cues/extraction.ts";
import { reasoning } from "./cues/reasoning.ts";
import { summarization } from "./cues/summarization.ts";
import { translation } from "./cues/translation.ts";
import { writing } from "./cues/writing.ts";

/** Every cue that is made of words, by the task it speaks for. */
export const taskCues: readonly (readonly [task: Task, cues: readonly Cue[]])[] = [
  ["TASK_CHAT", chat],
  ["TASK_CLASSIFICATION", classification],
  ["TASK_EXTRACTION", extraction],
  ["TASK_SUMMARIZATION", summarization],
  ["TASK_TRANSLATION", translation],
  ["TASK_CODE", code],
  ["TASK_REASONING", reasoning],
  ["TASK_WRITING", writing],
];
