import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { LoggedPrompt, Tokens } from "../log/logged-request.ts";

/** Where people say what they want. */
const openingLength = 240;

const cues: readonly (readonly [Task, RegExp])[] = [
  ["TASK_TRANSLATION", /\btranslat(?:e|ion|or)|\bin(?:to)? (?:french|german|spanish|english|chinese|japanese)\b/i],
  ["TASK_SUMMARIZATION", /\bsummar(?:y|ies|i[sz]e)|\btl;?dr\b|\bkey points\b/i],
  ["TASK_CLASSIFICATION", /\bclassif(?:y|ication)|\bcategori[sz]e|\bsentiment\b|\blabel\b|\bone of the following\b/i],
  ["TASK_EXTRACTION", /\bextract|\bpull out\b|\blist (?:all|every) /i],
  ["TASK_CODE", /```|\bfunction\b|\b(?:python|typescript|javascript|sql|regex|code|bug|stack trace)\b/i],
  ["TASK_WRITING", /\b(?:write|draft|rewrite|compose|rephrase)\b/i],
  ["TASK_REASONING", /\b(?:prove|solve|calculate|derive|how many|step by step|reason)\b/i],
];

/**
 * A rough task for a request whose log names none, so that like requests are sampled together: by words at the beginning of the
 * prompt, or by the shape of its token counts where there is no prompt. The platform's own classifier has the last word.
 */
export function guessTask(prompt: LoggedPrompt | undefined, tokens: Tokens): Task {
  if (!prompt) return taskOfShape(tokens);
  for (const text of [prompt.query.slice(0, openingLength), prompt.system.slice(0, openingLength)]) {
    for (const [task, cue] of cues) if (cue.test(text)) return task;
  }
  return "TASK_CHAT";
}

/** A word or two is a label; much in and little out is taken from the input; much out is written. */
function taskOfShape({ fresh, cached, output }: Tokens): Task {
  const input = fresh + cached;
  if (output <= 16) return "TASK_CLASSIFICATION";
  if (input >= 5 * output && input >= 500) return output < 150 ? "TASK_EXTRACTION" : "TASK_SUMMARIZATION";
  return output >= 600 ? "TASK_WRITING" : "TASK_CHAT";
}
