import type { ChatResponse, Message } from "@switchyard/contracts/vocabulary/chat";
import type { Tier } from "@switchyard/contracts/vocabulary/routing";

/** An answer with what is needed to report it again. */
export interface Answer {
  readonly response: ChatResponse;
  /** Model id of the catalogue. */
  readonly model: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly baselineCostUsdNanos: bigint;
  readonly costUsdNanos: bigint;
}

const successReasons: ReadonlySet<string> = new Set(["stop", "tool_calls", "function_call"]);

/**
 * Whether an answer is worth keeping for all who ask the same: it came to its own end and says something. If `allowsLength`,
 * its token limit is an end as good as any.
 */
export function isForAll({ choices }: ChatResponse, allowsLength = false): boolean {
  const isEnd = (reason: string) => successReasons.has(reason) || (allowsLength && reason === "length");
  return (
    choices.length > 0 &&
    choices.every(({ message, finishReason }) => isEnd(finishReason) && message && saysSomething(message))
  );
}

/**
 * Whether an answer is worth keeping for a repetition by idempotency key: nothing is missing of what the provider gave and
 * billed. One that was cut at its token limit, filtered or empty is as good as any: the first answer counts.
 */
export function isForRepetition({ choices }: ChatResponse): boolean {
  return (
    choices.length > 0 &&
    choices.every(({ message, finishReason }) => message && finishReason !== "" && finishReason !== "error")
  );
}

const saysSomething = ({ content, toolCalls, refusal }: Message): boolean =>
  toolCalls.length > 0 || Boolean(refusal) || content.some(({ part }) => part !== undefined && part.value !== "");
