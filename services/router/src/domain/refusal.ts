import type { Attempt, PassedOver } from "@switchyard/contracts/vocabulary/routing";

/** Why a request gets no answer. The names are those of the contract's ErrorReason, without its prefix. */
export type RefusalReason =
  | "UNKNOWN_MODEL"
  | "UNKNOWN_REQUEST"
  | "UNKNOWN_VERSION"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "BUDGET_EXHAUSTED"
  | "BUDGET_UNAVAILABLE"
  | "NO_CANDIDATE"
  | "ALL_CANDIDATES_RATE_LIMITED"
  | "ALL_CANDIDATES_FAILED"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "OVERLOADED"
  | "IDEMPOTENCY_KEY_REUSED"
  | "INVALID_REQUEST"
  | "SERVICE_UNAVAILABLE"
  | "UPSTREAM_CONTEXT_LENGTH"
  | "UPSTREAM_CONTENT_FILTER"
  | "UPSTREAM_INVALID_REQUEST"
  | "UPSTREAM_BROKEN_ANSWER";

export interface RefusalDetails {
  /** Every dynamic value of the message. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When asking again makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** The limit that refused, for BUDGET_EXHAUSTED. */
  readonly limit?: string;
  readonly attempts?: readonly Attempt[];
  readonly passedOver?: readonly PassedOver[];
}

/** Thrown where a request ends without an answer, for a reason that the caller is told. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: RefusalReason;
  readonly details: RefusalDetails;

  constructor(reason: RefusalReason, message: string, details: RefusalDetails = {}) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}
