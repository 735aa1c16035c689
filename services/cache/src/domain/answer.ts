import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
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

const completeReasons: ReadonlySet<string> = new Set(["stop", "tool_calls", "function_call"]);

/** Whether an answer came to its own end: cut, filtered and empty ones are not worth keeping. */
export function isComplete({ choices }: ChatResponse): boolean {
  return (
    choices.length > 0 &&
    choices.every(({ message, finishReason }) => message !== undefined && completeReasons.has(finishReason))
  );
}
