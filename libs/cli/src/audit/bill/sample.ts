import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { LoggedPrompt, LoggedRequest, Tokens } from "../log/logged-request.ts";
import type { PricedModel } from "./price-list.ts";

/** A request that was kept to ask the platform about. */
export interface Sample {
  readonly model: PricedModel;
  readonly tokens: Tokens;
  readonly feature: string;
  /** The task to tell the platform; undefined where it can judge the prompt itself. */
  readonly taskHint: Task | undefined;
  readonly prompt: KeptPrompt | undefined;
}

/** A prompt with its long texts cut, so that samples take little room. */
export interface KeptPrompt
  extends Pick<LoggedPrompt, "system" | "query" | "hasTools" | "answer" | "hasImages" | "maxTokens"> {
  readonly earlierTurnCount: number;
  /** Whether text was left out. */
  readonly isCut: boolean;
}

/** Characters kept of a text: the classifier of the platform looks at little more. */
const head = 4_096;
const tail = 1_024;

/** Keeps what the platform needs to decide. */
export function keepSample(request: LoggedRequest, model: PricedModel, taskHint: Task | undefined): Sample {
  const { tokens, feature, prompt } = request;
  return { model, tokens, feature, taskHint, prompt: prompt && keep(prompt) };
}

function keep({ system, query, earlier, hasTools, answer, hasImages, maxTokens }: LoggedPrompt): KeptPrompt {
  return {
    system: excerpt(system),
    query: excerpt(query),
    earlierTurnCount: earlier.length,
    isCut: earlier.length > 0 || system.length > head + tail || query.length > head + tail,
    hasTools,
    answer,
    hasImages,
    maxTokens,
  };
}

function excerpt(text: string): string {
  if (text.length <= head + tail) return text;
  // Copied: a slice would keep the whole text in memory.
  return Buffer.from(`${text.slice(0, head)}\n${text.slice(-tail)}`).toString();
}
