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
  /** It answered, and a cascade did not accept that. */
  | "INADEQUATE"
  | "INTERNAL";

/** What a failure means for the rest of the chain. */
export type Consequence =
  /** Passing trouble: the same model once more, then the next. */
  | "same_model"
  /** Passing trouble that was dear to wait for: the next model, and the same one only where no other is left. */
  | "elsewhere"
  /** This model will not answer there; elsewhere, or another, may. */
  | "next_model"
  /** This model will not answer well enough anywhere; another may. */
  | "next_choice"
  /** Only a model with a larger context window may. */
  | "larger_model"
  /** No model will. */
  | "stop";

/** Thrown where one attempt at one model fails. */
export class AttemptFailure extends Error {
  override readonly name = "AttemptFailure";
  readonly reason: AttemptFailureReason;
  /** When the provider wants to be asked again, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;
  readonly consequence: Consequence;

  constructor(
    reason: AttemptFailureReason,
    message: string,
    retryAfterMs?: number,
    cause?: unknown,
    consequence: Consequence = consequences[reason],
  ) {
    super(message, { cause });
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.consequence = consequence;
  }

  /** The same failure where it means something else. */
  meaning(consequence: Consequence): AttemptFailure {
    return new AttemptFailure(this.reason, this.message, this.retryAfterMs, this.cause, consequence);
  }
}

/** A content filter or an invalid request is never retried; a timeout has cost too much time to be risked twice. */
const consequences: Readonly<Record<AttemptFailureReason, Consequence>> = {
  UPSTREAM_RATE_LIMITED: "same_model",
  UPSTREAM_UNAVAILABLE: "same_model",
  UPSTREAM_CONNECTION: "same_model",
  UPSTREAM_BROKEN_ANSWER: "same_model",
  SERVICE_UNAVAILABLE: "same_model",
  UPSTREAM_TIMEOUT: "elsewhere",
  UPSTREAM_AUTHENTICATION: "next_model",
  INTERNAL: "next_model",
  INADEQUATE: "next_choice",
  UPSTREAM_CONTEXT_LENGTH: "larger_model",
  UPSTREAM_CONTENT_FILTER: "stop",
  UPSTREAM_INVALID_REQUEST: "stop",
  DEADLINE_EXCEEDED: "stop",
  CANCELLED: "stop",
};

/**
 * Whether the provider was hung up on while it was at work: by the caller, at the caller's deadline, or for another answer. It
 * has at least read the prompt, and bills that, whether or not it has said so.
 */
export const isHungUpOn = (failure: AttemptFailure | undefined): boolean =>
  failure?.reason === "CANCELLED" || failure?.reason === "DEADLINE_EXCEEDED";

/** Any thrown value as a failed attempt; `onUnforeseen` is told of those that nobody foresaw. */
export function asFailure(error: unknown, onUnforeseen: (error: unknown) => void): AttemptFailure {
  if (error instanceof AttemptFailure && error.reason !== "INTERNAL") return error;
  onUnforeseen(error);
  return error instanceof AttemptFailure
    ? error
    : new AttemptFailure("INTERNAL", "the attempt failed", undefined, error);
}
