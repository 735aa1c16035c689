/** Why an attempt failed. The names are those of the contract's ErrorReason, without its prefix. */
export type AttemptFailureReason =
  | "UPSTREAM_RATE_LIMITED"
  | "UPSTREAM_UNAVAILABLE"
  | "UPSTREAM_CONNECTION"
  | "UPSTREAM_TIMEOUT"
  | "UPSTREAM_CONTEXT_LENGTH"
  | "UPSTREAM_CONTENT_FILTER"
  | "UPSTREAM_INVALID_REQUEST"
  | "UPSTREAM_AUTHENTICATION"
  | "UPSTREAM_BROKEN_ANSWER"
  | "SERVICE_UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "INTERNAL";

/** Thrown where one attempt at one model fails. */
export class AttemptFailure extends Error {
  override readonly name = "AttemptFailure";
  readonly reason: AttemptFailureReason;
  /** When the provider wants to be asked again, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: AttemptFailureReason, message: string, retryAfterMs?: number, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What a failure means for the rest of the chain. */
export type Consequence =
  /** Passing trouble: the same model once more, then the next. */
  | "same_model"
  /** This model will not answer; another may. */
  | "next_model"
  /** Only a model with a larger context window may. */
  | "larger_model"
  /** No model will. */
  | "stop";

/** What a failure means for the rest of the chain (design: a content filter or an invalid request is never retried). */
export function consequenceOf(reason: AttemptFailureReason): Consequence {
  switch (reason) {
    case "UPSTREAM_RATE_LIMITED":
    case "UPSTREAM_UNAVAILABLE":
    case "UPSTREAM_CONNECTION":
    case "UPSTREAM_TIMEOUT":
    case "UPSTREAM_BROKEN_ANSWER":
    case "SERVICE_UNAVAILABLE":
      return "same_model";
    case "UPSTREAM_AUTHENTICATION":
    case "INTERNAL":
      return "next_model";
    case "UPSTREAM_CONTEXT_LENGTH":
      return "larger_model";
    case "UPSTREAM_CONTENT_FILTER":
    case "UPSTREAM_INVALID_REQUEST":
    case "DEADLINE_EXCEEDED":
    case "CANCELLED":
      return "stop";
  }
}
