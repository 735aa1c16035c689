import type { ChatRequest, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Clock, Provider } from "../ports.ts";
import type { RetryPolicy } from "./backoff.ts";
import type { Choice } from "./decide.ts";
import type { Refusal } from "./refusal.ts";

/** What dispatching stands on. */
export interface DispatchContext {
  readonly provider: Provider;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly estimateTokens: (text: string) => number;
}

/** How a dispatch stands, or how it ended. */
export interface Outcome {
  /** When the first model was asked, in microseconds of the monotonic clock. */
  readonly dispatchedUs: number;
  readonly attempts: readonly Attempt[];
  /** The model that answers. */
  readonly answeredBy: Choice | undefined;
  /** The complete answer. */
  readonly response: ChatResponse | undefined;
  /** Why there is none. */
  readonly refusal: Refusal | undefined;
}

/** The request with its output bound, so that what was reserved cannot be exceeded. */
export const bounded = (chat: ChatRequest, { maxOutputTokens }: Choice): ChatRequest => ({
  ...chat,
  maxTokens: maxOutputTokens,
});
