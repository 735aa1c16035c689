import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { Clock, Observer, Provider } from "../../ports.ts";
import type { CascadePolicy } from "../cascade/plan.ts";
import type { Choice } from "../decide.ts";
import type { Resilience } from "./resilience.ts";

/** What dispatching stands on. */
export interface DispatchContext {
  readonly provider: Provider;
  readonly resilience: Resilience;
  readonly observer: Observer;
  /** How a cheaper model is tried first; undefined: never. */
  readonly cascade?: CascadePolicy | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
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
