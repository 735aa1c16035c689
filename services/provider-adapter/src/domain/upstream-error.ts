import { type Reason, RpcError, Status } from "@switchyard/rpc/error";

/** The reasons that an attempt fails for. */
export type UpstreamReason = Extract<Reason, `UPSTREAM_${string}`>;

/** The limits of time on an attempt, as they stand in the metadata of UPSTREAM_TIMEOUT. */
export type TimeoutName = "connect" | "first_token" | "stall" | "total";

const statusOf: Readonly<Record<UpstreamReason, Status>> = {
  UPSTREAM_RATE_LIMITED: Status.RESOURCE_EXHAUSTED,
  UPSTREAM_UNAVAILABLE: Status.UNAVAILABLE,
  UPSTREAM_CONNECTION: Status.UNAVAILABLE,
  UPSTREAM_TIMEOUT: Status.DEADLINE_EXCEEDED,
  UPSTREAM_CONTEXT_LENGTH: Status.INVALID_ARGUMENT,
  UPSTREAM_CONTENT_FILTER: Status.INVALID_ARGUMENT,
  UPSTREAM_INVALID_REQUEST: Status.INVALID_ARGUMENT,
  UPSTREAM_AUTHENTICATION: Status.FAILED_PRECONDITION,
  UPSTREAM_BROKEN_ANSWER: Status.UNAVAILABLE,
};

export interface UpstreamFailure {
  /** Key of the provider. */
  readonly provider: string;
  /** For the caller. */
  readonly message: string;
  /** Status of the provider's HTTP response, where there was one. */
  readonly httpStatus?: number | undefined;
  readonly timeout?: TimeoutName | undefined;
  /** When the provider wants to be asked again, in milliseconds from now. */
  readonly retryDelayMs?: number | undefined;
  readonly cause?: unknown;
}

/** The same failure with another delay, in milliseconds. */
export function withRetryDelay(error: RpcError, retryDelayMs: number): RpcError {
  const { code, reason, message, metadata, cause } = error;
  return new RpcError({ code, reason, message, metadata, retryDelayMs, cause });
}

/** The failure of an attempt, with the status that belongs to its reason. */
export function upstreamError(reason: UpstreamReason, failure: UpstreamFailure): RpcError {
  const { provider, httpStatus, timeout, retryDelayMs } = failure;
  return new RpcError({
    code: statusOf[reason],
    reason,
    message: failure.message,
    metadata: {
      provider,
      ...(httpStatus === undefined ? {} : { http_status: String(httpStatus) }),
      ...(timeout === undefined ? {} : { timeout }),
    },
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
    cause: failure.cause,
  });
}
