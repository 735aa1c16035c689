import type { ErrorReason } from "@switchyard/contracts/vocabulary/error_reason";
import { Status } from "nice-grpc-common";

export { Status } from "nice-grpc-common";

/** An {@link ErrorReason} without its prefix, as it stands in google.rpc.ErrorInfo. */
export type Reason = Exclude<ErrorReason, "UNRECOGNIZED"> extends `ERROR_REASON_${infer Name}` ? Name : never;

export interface FieldViolation {
  /** Path of the field in the request, `chat.messages[2].role`. */
  readonly field: string;
  readonly description: string;
}

export interface QuotaViolation {
  /** Name of the limit. */
  readonly subject: string;
  readonly description: string;
}

export interface RpcErrorOptions {
  readonly code: Status;
  readonly reason: Reason;
  /** For the caller; never quotes a prompt, a key or an internal cause. */
  readonly message: string;
  /** Every dynamic value of the message. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When a repetition makes sense, in milliseconds from now. */
  readonly retryDelayMs?: number;
  readonly fieldViolations?: readonly FieldViolation[];
  readonly quotaViolations?: readonly QuotaViolation[];
  /** Kept off the wire; for the log. */
  readonly cause?: unknown;
}

/** A fault that crosses services: the same object in-process, a google.rpc.Status with details on the wire. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: Status;
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryDelayMs: number | undefined;
  readonly fieldViolations: readonly FieldViolation[];
  readonly quotaViolations: readonly QuotaViolation[];

  constructor(options: RpcErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.reason = options.reason;
    this.metadata = options.metadata ?? {};
    this.retryDelayMs = options.retryDelayMs;
    this.fieldViolations = options.fieldViolations ?? [];
    this.quotaViolations = options.quotaViolations ?? [];
  }
}

/** INVALID_ARGUMENT that names its fields. */
export function invalidRequest(...violations: readonly FieldViolation[]): RpcError {
  return new RpcError({
    code: Status.INVALID_ARGUMENT,
    reason: "INVALID_REQUEST",
    message: violations.map(({ field, description }) => `${field}: ${description}`).join("; "),
    fieldViolations: violations,
  });
}

/** DEADLINE_EXCEEDED. */
export function deadlineExceeded(message = "the deadline passed"): RpcError {
  return new RpcError({ code: Status.DEADLINE_EXCEEDED, reason: "DEADLINE_EXCEEDED", message });
}

/** CANCELLED: the caller went away. */
export function cancelled(): RpcError {
  return new RpcError({ code: Status.CANCELLED, reason: "CANCELLED", message: "the caller cancelled the call" });
}
