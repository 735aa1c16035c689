import { RpcError } from "@switchyard/rpc";
import { APIConnectionError, APIError } from "openai";
import { type UpstreamReason, upstreamError } from "../domain/upstream-error.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { type ErrorBody, readErrorBody } from "./openai-error-body.ts";
import { errorReason, isRedirect } from "./openai-error-reason.ts";
import { retryDelayMs } from "./retry-after.ts";

/** Characters of a provider's message that are passed on. */
const longestMessage = 500;

export interface ErrorSurroundings {
  /** Key of the provider. */
  readonly provider: string;
  /** The API key that was used, to keep it out of messages. */
  readonly apiKey: string;
  readonly epochMs: number;
}

/** Anything that the SDK, or reading its answer, can throw, as an RpcError of the UPSTREAM group. */
export function toUpstreamError(error: unknown, surroundings: ErrorSurroundings): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof APIConnectionError) return connectionError(error, surroundings);
  if (error instanceof APIError) return answeredError(error, surroundings);
  return brokenAnswer(error, surroundings);
}

/** An error object in an answer that calls itself a success. */
export function errorInAnswer(body: unknown, surroundings: ErrorSurroundings): RpcError {
  return fromErrorBody(undefined, readErrorBody(body), undefined, surroundings);
}

/** No answer began. */
function connectionError(error: APIConnectionError, { provider }: ErrorSurroundings): RpcError {
  const code = innermostCode(error);
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    const message = `provider "${provider}" took no connection in time`;
    return upstreamError("UPSTREAM_TIMEOUT", { provider, timeout: "connect", message, cause: error });
  }
  const message = `provider "${provider}" could not be reached, or hung up before it answered (${code ?? "no reason given"})`;
  return upstreamError("UPSTREAM_CONNECTION", { provider, message, cause: error });
}

function innermostCode(error: unknown): string | undefined {
  let code: string | undefined;
  for (let at = error; at instanceof Error; at = at.cause) {
    const own = (at as { code?: unknown }).code;
    if (typeof own === "string") code = own;
  }
  return code;
}

/** The answer began but cannot be read to its end. */
function brokenAnswer(error: unknown, { provider }: ErrorSurroundings): RpcError {
  const what = error instanceof MalformedAnswer ? error.message : "was cut or is not the JSON it should be";
  const message = `the answer of provider "${provider}" ${what}`;
  return upstreamError("UPSTREAM_BROKEN_ANSWER", { provider, message, cause: error });
}

function answeredError(error: APIError, surroundings: ErrorSurroundings): RpcError {
  return fromErrorBody(error.status, readErrorBody(error.error), error.headers, surroundings);
}

function fromErrorBody(
  status: number | undefined,
  body: ErrorBody,
  headers: Headers | undefined,
  surroundings: ErrorSurroundings,
): RpcError {
  const { provider, epochMs } = surroundings;
  const reason = errorReason(status, body);
  const mayRetry = reason === "UPSTREAM_RATE_LIMITED" || reason === "UPSTREAM_UNAVAILABLE";
  return upstreamError(reason, {
    provider,
    httpStatus: status,
    message: messageOf(reason, status, body, surroundings),
    retryDelayMs: mayRetry ? retryDelayMs(headers, epochMs) : undefined,
  });
}

function messageOf(
  reason: UpstreamReason,
  status: number | undefined,
  body: ErrorBody,
  { provider, apiKey }: ErrorSurroundings,
): string {
  if (isRedirect(status)) {
    return `provider "${provider}" redirects instead of answering, with HTTP ${status}; that is not followed, so its baseUrl must be the final one`;
  }
  const how = status === undefined ? "in its answer" : `with HTTP ${status}`;
  switch (reason) {
    case "UPSTREAM_RATE_LIMITED":
      return `provider "${provider}" limits its rate, ${how}`;
    case "UPSTREAM_AUTHENTICATION":
      return `provider "${provider}" refused the configured key or account, ${how}`;
    case "UPSTREAM_CONTEXT_LENGTH":
    case "UPSTREAM_CONTENT_FILTER":
    case "UPSTREAM_INVALID_REQUEST": {
      const text = body.message.replaceAll(apiKey, "[key]").slice(0, longestMessage);
      return `provider "${provider}" refused the request, ${how}${text && `: ${text}`}`;
    }
    default:
      return `provider "${provider}" failed, ${how}`;
  }
}
