import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { countMatches } from "./count-matches.ts";
import type { PromptView } from "./prompt-view.ts";
import type { Structure } from "./structure.ts";

/** How hard a prompt is, and the chance that this is right to within 0.2. */
export interface ComplexityJudgement {
  /** 0 (trivial) to 1 (needs the best model). */
  readonly complexity: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/**
 * How often the rules came within 0.2 of labels drawn from benchmark scores, difficulty ratings and small talk. They rank
 * little better than size and task do: nothing finer can be claimed.
 */
const usualConfidence = 0.45;
const smallTalkConfidence = 0.85;

/** Where a plain request of the task starts. */
const startOf: Readonly<Partial<Record<Task, number>>> = {
  TASK_CHAT: 0.2,
  TASK_CLASSIFICATION: 0.15,
  TASK_EXTRACTION: 0.2,
  TASK_SUMMARIZATION: 0.25,
  TASK_TRANSLATION: 0.25,
  TASK_WRITING: 0.3,
  TASK_CODE: 0.33,
  TASK_REASONING: 0.3,
};

const severalSteps =
  /\b(?:step[- ]by[- ]step|first\b.{1,200}\bthen|and then|after that|finally|multi-?step|plan|strategy|trade-?offs?|compare|contrast|analy[sz]e|evaluate|critique|justify|derive|prove|proof|optimi[sz]e|architect\w{0,5}|design|debug|refactor|concurren\w{1,5}|thread-?safe|distributed|complexity|edge cases?)\b/gi;
const constraint =
  /\b(?:must(?: not)?|should(?: not)?|only|at least|at most|no more than|exactly|without|avoid|ensure|make sure|include|do not|don't|limit|under \d+|within \d+|format|bullet|table|tone|style|audience)\b/gi;
const advanced =
  /\b(?:theorem|lemma|integral|derivative|eigen\w{1,8}|matri(?:x|ces)|polynomial|modulo|combinatori\w{1,6}|probabilit\w{1,4}|differential|topolog\w{1,3}|quantum|thermodynamic\w{0,2}|stochastic|bayesian|regression|kernel|compiler|deadlock|race condition|cryptograph\w{1,3}|np-hard|dynamic programming|subsequence|subarray|graph|diagnos\w{1,4}|pharmac\w{1,6}|molecul\w{1,3}|induction|optimal|irrational|recurrence)\b/gi;
const smallTalk =
  /^(?:hi|hello|hey|thanks?|thank you|good (?:morning|evening|night)|how are you|bye|ok(?:ay)?|yes|no)\b/i;

/** Estimates how hard a prompt is from its task, its size, what it demands and what it is about. */
export function judgeComplexity(task: Task, view: PromptView, structure: Structure): ComplexityJudgement {
  if (isSmallTalk(task, view, structure)) return { complexity: 0.05, confidence: smallTalkConfidence };
  const { instruction } = view;
  const asks = structure.questions + Math.min(6, structure.listItems) / 2;
  const clauses = countMatches(/[,;:]|\band\b/g, firstParagraph(instruction));
  const complexity =
    (startOf[task] ?? 0.2) +
    grows(0.15, structure.words, 400) +
    grows(0.12, Math.max(0, asks - 1), 4) +
    grows(0.12, clauses, 8) +
    grows(0.15, countMatches(severalSteps, instruction), 3) +
    grows(0.12, countMatches(constraint, instruction), 5) +
    grows(0.4, countMatches(advanced, instruction) + structure.mathMarks / 5, 2) +
    grows(0.1, structure.codeLines, 30) +
    grows(0.08, view.earlierTurnCount, 8) +
    (view.hasTools ? 0.08 : 0) +
    (view.wantsJson ? 0.03 : 0);
  return { complexity: Math.min(1, complexity), confidence: usualConfidence };
}

/** What stands before the first blank line or code, where a given text begins. */
function firstParagraph(text: string): string {
  const end = text.search(/\n\s*\n|```/);
  return end < 0 ? text : text.slice(0, end);
}

/** Rises from 0 towards `most`; is at two thirds of it at `scale`. */
function grows(most: number, value: number, scale: number): number {
  return most * (1 - Math.exp((-1.1 * value) / scale));
}

function isSmallTalk(task: Task, view: PromptView, { words, numbers }: Structure): boolean {
  return task === "TASK_CHAT" && numbers === 0 && (words === 0 || (words <= 6 && smallTalk.test(view.opening)));
}
