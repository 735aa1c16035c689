import { ClientError, ServerError, Status } from "nice-grpc-common";
import {
  BadRequest,
  type ErrorDetails,
  ErrorInfo,
  QuotaFailure,
  RetryInfo,
  RichClientError,
  RichServerError,
} from "nice-grpc-error-details";
import { type Reason, RpcError } from "./rpc-error.ts";

const domain = "switchyard";
/** Stands for grpc's own words, which name addresses; those stay in the cause, for the log. */
const unreachable = "a service of the platform cannot be reached";

/** Any thrown value as an {@link RpcError}; what nobody foresaw becomes a bland INTERNAL with its cause kept for the log. */
export function toRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof ServerError) {
    return new RpcError({ code: error.code, reason: reasonOf(error.code), message: error.details, cause: error });
  }
  return new RpcError({ code: Status.INTERNAL, reason: "INTERNAL", message: "internal error", cause: error });
}

/**
 * An error travels in HTTP/2 trailers, which the other end bounds: Node destroys the whole connection over some 16 KiB, with
 * every other call on it. So an error is clipped to stay below 8 KiB, whatever a caller made it quote.
 */
const mostEntries = 8;

/** Cuts text to so many bytes of UTF-8, between characters. */
function clip(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const kept = new TextDecoder().decode(Buffer.from(text).subarray(0, bytes - 3), { stream: true });
  return `${kept}…`;
}

/** What goes over the wire: google.rpc.Status with ErrorInfo always, and RetryInfo, BadRequest, QuotaFailure where apt. */
export function toServerError(error: RpcError): RichServerError {
  const metadata = Object.fromEntries(
    Object.entries(error.metadata)
      .slice(0, mostEntries)
      .map(([key, value]) => [clip(key, 64), clip(value, 128)]),
  );
  const details: ErrorDetails[] = [ErrorInfo.fromPartial({ domain, reason: error.reason, metadata })];
  if (error.retryDelayMs !== undefined) {
    const seconds = Math.floor(error.retryDelayMs / 1000);
    details.push(
      RetryInfo.fromPartial({ retryDelay: { seconds, nanos: Math.round((error.retryDelayMs % 1000) * 1e6) } }),
    );
  }
  if (error.fieldViolations.length > 0) {
    details.push(
      BadRequest.fromPartial({
        fieldViolations: error.fieldViolations
          .slice(0, mostEntries)
          .map(({ field, description }) => ({ field: clip(field, 96), description: clip(description, 128) })),
      }),
    );
  }
  if (error.quotaViolations.length > 0) {
    details.push(
      QuotaFailure.fromPartial({
        violations: error.quotaViolations
          .slice(0, mostEntries)
          .map(({ subject, description }) => ({ subject: clip(subject, 160), description: clip(description, 256) })),
      }),
    );
  }
  return new RichServerError(error.code, clip(error.message, 768), details);
}

/** What came over the wire, as the error that was thrown at the other end. */
export function fromClientError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (!(error instanceof ClientError)) return toRpcError(error);
  const details = error instanceof RichClientError ? error.extra : [];
  const find = <T extends ErrorDetails>(type: T["$type"]) =>
    details.find((detail): detail is T => detail.$type === type);
  const info = find<ErrorInfo>("google.rpc.ErrorInfo");
  const retry = find<RetryInfo>("google.rpc.RetryInfo")?.retryDelay;
  return new RpcError({
    code: error.code,
    reason: info?.domain === domain ? (info.reason as Reason) : reasonOf(error.code),
    message: info === undefined && error.code === Status.UNAVAILABLE ? unreachable : error.details,
    metadata: info?.metadata ?? {},
    ...(retry ? { retryDelayMs: Number(retry.seconds) * 1000 + retry.nanos / 1e6 } : {}),
    fieldViolations: find<BadRequest>("google.rpc.BadRequest")?.fieldViolations ?? [],
    quotaViolations: find<QuotaFailure>("google.rpc.QuotaFailure")?.violations ?? [],
    cause: error,
  });
}

/** The reason for a status that came without ErrorInfo: from grpc itself, or from a peer that is not ours. */
function reasonOf(code: Status): Reason {
  switch (code) {
    case Status.UNAVAILABLE:
      return "SERVICE_UNAVAILABLE";
    case Status.DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case Status.CANCELLED:
      return "CANCELLED";
    case Status.INVALID_ARGUMENT:
      return "INVALID_REQUEST";
    case Status.RESOURCE_EXHAUSTED:
      return "OVERLOADED";
    default:
      return "INTERNAL";
  }
}
