import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Choice } from "./decide.ts";
import type { Refusal } from "./refusal.ts";

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
