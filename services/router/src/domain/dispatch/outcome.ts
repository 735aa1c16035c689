import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt, Continuation } from "@switchyard/contracts/vocabulary/routing";
import type { Choice } from "../decide.ts";
import type { Refusal } from "../refusal.ts";
import type { TrialOutcome } from "./try-first.ts";

/** How a dispatch stands, or how it ended. */
export interface Outcome {
  /** When the first model was asked, in microseconds of the monotonic clock. */
  readonly dispatchedUs: number;
  readonly attempts: readonly Attempt[];
  /** Ids of the models that were passed over because their breakers were open. */
  readonly spared: readonly string[];
  /** Where another model went on with a broken stream. */
  readonly continuations: readonly Continuation[];
  /** The model that answers, and the key of the provider it is at. */
  readonly answeredBy: Choice | undefined;
  readonly provider: string | undefined;
  /** How a cheaper model was tried first; undefined where none was. */
  readonly trial: TrialOutcome | undefined;
  /** The complete answer. */
  readonly response: ChatResponse | undefined;
  /** Why there is none. */
  readonly refusal: Refusal | undefined;
}

/** Nothing was asked yet. */
export const notAsked = (dispatchedUs: number): Outcome => ({
  dispatchedUs,
  attempts: [],
  spared: [],
  continuations: [],
  answeredBy: undefined,
  provider: undefined,
  trial: undefined,
  response: undefined,
  refusal: undefined,
});
