import { RpcError, Status } from "@switchyard/rpc";
import { Refusal, type RefusalReason } from "../domain/refusal.ts";

const statusOf: Readonly<Record<RefusalReason, Status>> = {
  UNKNOWN_MODEL: Status.NOT_FOUND,
  UNKNOWN_REQUEST: Status.NOT_FOUND,
  UNKNOWN_VERSION: Status.NOT_FOUND,
  UNAUTHENTICATED: Status.UNAUTHENTICATED,
  PERMISSION_DENIED: Status.PERMISSION_DENIED,
  BUDGET_EXHAUSTED: Status.RESOURCE_EXHAUSTED,
  BUDGET_UNAVAILABLE: Status.UNAVAILABLE,
  NO_CANDIDATE: Status.FAILED_PRECONDITION,
  ALL_CANDIDATES_RATE_LIMITED: Status.RESOURCE_EXHAUSTED,
  ALL_CANDIDATES_FAILED: Status.UNAVAILABLE,
  DEADLINE_EXCEEDED: Status.DEADLINE_EXCEEDED,
  CANCELLED: Status.CANCELLED,
  OVERLOADED: Status.RESOURCE_EXHAUSTED,
  IDEMPOTENCY_KEY_REUSED: Status.ALREADY_EXISTS,
  INVALID_REQUEST: Status.INVALID_ARGUMENT,
  SERVICE_UNAVAILABLE: Status.UNAVAILABLE,
  UPSTREAM_CONTEXT_LENGTH: Status.INVALID_ARGUMENT,
  UPSTREAM_CONTENT_FILTER: Status.INVALID_ARGUMENT,
  UPSTREAM_INVALID_REQUEST: Status.INVALID_ARGUMENT,
  UPSTREAM_BROKEN_ANSWER: Status.UNAVAILABLE,
};

/** A refusal as it crosses the wire; anything else as it is. */
export function toRpcError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { limit, metadata, retryAfterMs } = error.details;
  return new RpcError({
    code: statusOf[error.reason],
    reason: error.reason,
    message: error.message,
    ...(metadata ? { metadata } : {}),
    ...(retryAfterMs === undefined ? {} : { retryDelayMs: retryAfterMs }),
    ...(limit ? { quotaViolations: [{ subject: limit, description: error.message }] } : {}),
    ...(metadata?.field ? { fieldViolations: [{ field: metadata.field, description: error.message }] } : {}),
    cause: error,
  });
}
