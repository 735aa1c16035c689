import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { Clock, Provider } from "../ports.ts";
import type { RetryPolicy } from "./backoff.ts";
import type { Choice } from "./decide.ts";

/** What dispatching stands on. */
export interface DispatchContext {
  readonly provider: Provider;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly estimateTokens: (text: string) => number;
  /** Told, once each, of errors that nobody foresaw; they look like failed attempts to everyone else. */
  readonly onUnforeseen: (error: unknown) => void;
}

/** The request with its output bound, so that what was reserved cannot be exceeded. */
export const bounded = (chat: ChatRequest, { maxOutputTokens }: Choice): ChatRequest => ({
  ...chat,
  maxTokens: maxOutputTokens,
});
