import type { Task } from "@switchyard/contracts/vocabulary/routing";
import { isStakes, type Stakes, taskOfWord } from "../vocabulary.ts";

/** What a request used, in tokens. */
export interface Tokens {
  /** Input that no provider cache had. */
  readonly fresh: number;
  /** Input read from the provider's prefix cache. */
  readonly cached: number;
  readonly output: number;
}

/** What a log says of a prompt. */
export interface LoggedPrompt {
  /** The operator's instructions, joined; empty if there are none. */
  readonly system: string;
  /** The turns before the last user turn, without instructions. */
  readonly earlier: readonly string[];
  /** The last user turn. */
  readonly query: string;
  readonly hasTools: boolean;
  readonly answer: "text" | "json_object" | "json_schema";
  readonly hasImages: boolean;
  /** Bound on output tokens, if the request had one. */
  readonly maxTokens: number | undefined;
}

/** One request of a log, whatever format it stood in. */
export interface LoggedRequest {
  /** What the model is called: as asked for, and as the provider says. Not empty. */
  readonly modelNames: readonly string[];
  readonly tokens: Tokens;
  /** Whether the tokens were counted here, because the log does not say. */
  readonly isEstimated: boolean;
  /** Empty: none. */
  readonly feature: string;
  readonly task: Task | undefined;
  readonly stakes: Stakes | undefined;
  /** Undefined where the log holds no prompts. */
  readonly prompt: LoggedPrompt | undefined;
}

/** A line that cannot be used, and why; or one of a request that failed and cost nothing. */
export interface Unusable {
  readonly unusable: string;
}
export interface FailedRequest {
  readonly failed: true;
}

export type ReadLine = LoggedRequest | Unusable | FailedRequest;

/** A number of tokens, or undefined if it is none. */
export function tokenCount(value: unknown): number | undefined {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** What a log says a request used; cached input is part of the input, as in OpenAI's usage. */
export const tokensOf = (input: number, cached: number, output: number): Tokens => ({
  fresh: Math.max(0, input - cached),
  cached: Math.min(input, cached),
  output,
});

/** What the platform takes of a feature is bounded too. */
const longestFeature = 64;

/** Labels as a log writes them; a word that is no task or no stakes counts as none. */
export function labelsOf(feature: unknown, task: unknown, stakes: unknown) {
  const stakesWord = wordOf(stakes);
  return {
    feature: typeof feature === "string" ? feature.trim().slice(0, longestFeature) : "",
    task: taskOfWord[wordOf(task)],
    stakes: isStakes(stakesWord) ? stakesWord : undefined,
  };
}

const wordOf = (value: unknown) => (typeof value === "string" ? value.trim().toLowerCase() : "");
