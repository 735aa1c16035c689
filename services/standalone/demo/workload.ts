import { chat } from "./prompts/chat.ts";
import { classification } from "./prompts/classification.ts";
import { code } from "./prompts/code.ts";
import type { DemoPrompt, DetailedPrompt } from "./prompts/demo-prompt.ts";
import { extraction } from "./prompts/extraction.ts";
import { otherWords } from "./prompts/other-words.ts";
import { reasoning } from "./prompts/reasoning.ts";
import { summarization } from "./prompts/summarization.ts";
import { translation } from "./prompts/translation.ts";
import { writing } from "./prompts/writing.ts";

/** One request of the workload. */
export interface DemoRequest {
  readonly prompt: DetailedPrompt;
  /** What the prompt was written as; the platform is not told. */
  readonly task: string;
  /** The product feature that sends it. */
  readonly feature: string;
  readonly user: string;
  readonly maxTokens: number;
  readonly isStreamed: boolean;
  /** Whether the same was asked before. */
  readonly isRepeat: boolean;
  /** Whether it was asked in other words. */
  readonly isReworded: boolean;
}

/** Where prompts of a task come from in a company, and how long its answers may be. */
interface Source {
  readonly task: string;
  readonly feature: string;
  readonly maxTokens: number;
  /** Whether somebody watches the answer appear: every other such request is streamed. */
  readonly isInteractive: boolean;
  readonly prompts: readonly DemoPrompt[];
}

const sources: readonly Source[] = [
  { task: "chat", feature: "assistant", maxTokens: 500, isInteractive: true, prompts: chat },
  { task: "classification", feature: "ticket-triage", maxTokens: 400, isInteractive: false, prompts: classification },
  { task: "extraction", feature: "document-intake", maxTokens: 400, isInteractive: false, prompts: extraction },
  { task: "summarization", feature: "meeting-notes", maxTokens: 300, isInteractive: false, prompts: summarization },
  { task: "translation", feature: "localisation", maxTokens: 400, isInteractive: false, prompts: translation },
  { task: "code", feature: "developer-portal", maxTokens: 900, isInteractive: true, prompts: code },
  { task: "reasoning", feature: "analytics", maxTokens: 900, isInteractive: true, prompts: reasoning },
  { task: "writing", feature: "marketing", maxTokens: 900, isInteractive: true, prompts: writing },
];

const users = ["ada", "bo", "chidi", "dora", "emeka", "fay", "gus", "hana", "ivo", "june", "kofi", "lena"];

/** Share of requests that were sent before; what teams see who serve many users from one product lies about there. */
const repeatShare = 0.37;
/** Requests between a prompt and its first repeat at least, so that the first answer is there by then. */
const smallestDistance = 24;

/** Share of repeats that are asked in other words, where there are prompts that have some. */
const rewordedShare = 0.2;

/** Prompts of the demo that differ in more than their words. */
export const promptCount = sources.reduce((sum, { prompts }) => sum + prompts.length, 0);

/** Builds a workload of so many requests, at least 1: the same for the same number and random source (0 to 1). */
export function createWorkload(requestCount: number, random: () => number): DemoRequest[] {
  const fresh = shuffled(
    sources.flatMap((source) => source.prompts.map((prompt, index) => firstRequest(source, prompt, index, random))),
    random,
  );
  const freshCount = Math.min(fresh.length, Math.ceil(requestCount * (1 - repeatShare)));
  const workload: DemoRequest[] = [];
  let sent = 0;
  while (workload.length < requestCount) {
    const repeatable = firstOf(workload, workload.length - smallestDistance);
    const left = requestCount - workload.length;
    const mustRepeat = sent >= freshCount;
    const mayRepeat = repeatable.length > 0 && random() < (left - (freshCount - sent)) / left;
    const next = fresh[sent];
    if (next && !(mustRepeat || mayRepeat)) {
      workload.push(next);
      sent++;
    } else {
      workload.push(repeatOf(repeatable.length > 0 ? repeatable : workload, random));
    }
  }
  return workload;
}

function firstRequest(source: Source, prompt: DemoPrompt, index: number, random: () => number): DemoRequest {
  return {
    prompt: typeof prompt === "string" ? { text: prompt } : prompt,
    task: source.task,
    feature: source.feature,
    user: pick(users, random),
    maxTokens: source.maxTokens,
    isStreamed: source.isInteractive && index % 2 === 0,
    isRepeat: false,
    isReworded: false,
  };
}

/** The same question by anybody; some questions are far more popular than others. */
function repeatOf(earlier: readonly DemoRequest[], random: () => number): DemoRequest {
  const sayable = random() < rewordedShare ? earlier.filter(({ prompt }) => otherWords[prompt.text]) : [];
  const from = sayable.length > 0 ? sayable : earlier;
  const popular = from[Math.floor(random() ** 2 * from.length)] as DemoRequest;
  const text = sayable.length > 0 ? otherWords[popular.prompt.text] : undefined;
  const prompt = text === undefined ? popular.prompt : { ...popular.prompt, text };
  return { ...popular, prompt, user: pick(users, random), isRepeat: true, isReworded: text !== undefined };
}

const firstOf = (workload: readonly DemoRequest[], count: number) =>
  workload.slice(0, Math.max(0, count)).filter(({ isRepeat }) => !isRepeat);

const pick = <T>(from: readonly T[], random: () => number) => from[Math.floor(random() * from.length)] as T;

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [result[index], result[other]] = [result[other] as T, result[index] as T];
  }
  return result;
}
