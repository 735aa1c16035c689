import { type RpcError, Status } from "@switchyard/rpc";
import { paramOf } from "./param.ts";

/** An error as it goes out over HTTP. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** OpenAI's error object, with the platform's own reason beside it. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
    readonly switchyard?: { readonly reason: string; readonly metadata: Readonly<Record<string, string>> };
  };
}

const statuses: Partial<Record<Status, readonly [status: number, type: string]>> = {
  [Status.CANCELLED]: [499, "request_cancelled"],
  [Status.INVALID_ARGUMENT]: [400, "invalid_request_error"],
  [Status.UNAUTHENTICATED]: [401, "authentication_error"],
  [Status.PERMISSION_DENIED]: [403, "permission_error"],
  [Status.NOT_FOUND]: [404, "invalid_request_error"],
  [Status.ALREADY_EXISTS]: [409, "invalid_request_error"],
  [Status.FAILED_PRECONDITION]: [422, "invalid_request_error"],
  [Status.RESOURCE_EXHAUSTED]: [429, "rate_limit_error"],
  [Status.UNAVAILABLE]: [503, "server_error"],
  [Status.DEADLINE_EXCEEDED]: [504, "server_error"],
};

const codes: Readonly<Record<string, string>> = {
  UNKNOWN_MODEL: "model_not_found",
  UNAUTHENTICATED: "invalid_api_key",
  BUDGET_EXHAUSTED: "insufficient_quota",
  UPSTREAM_CONTEXT_LENGTH: "context_length_exceeded",
  UPSTREAM_CONTENT_FILTER: "content_filter",
};

/**
 * A fault as OpenAI's clients understand it. `sentNames` says under which name a field of OpenAI's API was sent where it has
 * several.
 */
export function errorAnswerOf(error: RpcError, sentNames: Readonly<Record<string, string>> = {}): ErrorAnswer {
  const [status, type] = statuses[error.code] ?? [500, "server_error"];
  const violations = error.fieldViolations.map(({ field, description }) => {
    const param = paramOf(field);
    // Some descriptions begin with the field's own name, which is not the caller's.
    return { param: sentNames[param] ?? param, description: description.replace(`${field}: `, "") };
  });
  return {
    status,
    headers: retryHeaders(error, status),
    body: {
      error: {
        message: violations.map(describe).join("; ") || error.message,
        type: error.reason === "BUDGET_EXHAUSTED" ? "insufficient_quota" : type,
        param: violations[0] === undefined ? paramOfReason(error) : paramOrNone(violations[0].param),
        code: codes[error.reason] ?? (status === 429 ? "rate_limit_exceeded" : error.reason.toLowerCase()),
        switchyard: { reason: error.reason, metadata: error.metadata },
      },
    },
  };
}

/** OpenAI's API has no name for the body as a whole. */
const paramOrNone = (param: string) => (param === "body" ? null : param);

const describe = ({ param, description }: { readonly param: string; readonly description: string }) =>
  param === "body" ? `the body ${description}` : `${param}: ${description}`;

/** An error of HTTP itself, about which the rest of the platform knows nothing. */
export function httpErrorAnswer(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorAnswer {
  return { status, headers, body: { error: { message, type: "invalid_request_error", param: null, code } } };
}

function paramOfReason({ reason, metadata }: RpcError): string | null {
  if (reason === "UNKNOWN_MODEL") return "model";
  return metadata.field === undefined ? null : paramOf(metadata.field);
}

/** When to come again; and never, where OpenAI's clients would by themselves repeat what cannot succeed. */
function retryHeaders({ reason, retryDelayMs }: RpcError, status: number): Record<string, string> {
  const headers: Record<string, string> = {};
  if (retryDelayMs !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(retryDelayMs / 1000)));
  if (status === 409 || reason === "BUDGET_EXHAUSTED") headers["x-should-retry"] = "false";
  return headers;
}
