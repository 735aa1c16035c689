import { healthy } from "./answers.ts";
import type { Behaviour } from "./exchange.ts";
import { sendHead } from "./writing.ts";

/** Answers with a status and an error object. */
export const refuses =
  (status: number, error: object = {}, headers: Record<string, string> = {}): Behaviour =>
  (exchange) => {
    sendHead(exchange, status, headers);
    exchange.response.end(
      JSON.stringify({ error: { message: "scripted", type: "server_error", code: null, ...error } }),
    );
  };

/** 429, with `Retry-After` as given. */
export const rateLimited = (retryAfter?: string): Behaviour =>
  refuses(
    429,
    { type: "rate_limit_error", code: "rate_limit_exceeded" },
    retryAfter === undefined ? {} : { "retry-after": retryAfter },
  );

/** 429 with the HTTP date that is so many seconds away when it answers. */
export const rateLimitedUntil =
  (seconds: number): Behaviour =>
  (exchange) =>
    rateLimited(new Date(Date.now() + seconds * 1000).toUTCString())(exchange);

/** 400: the prompt is too long. */
export const contextLength = (): Behaviour =>
  refuses(400, {
    message: "This model's maximum context length is 8000 tokens.",
    type: "invalid_request_error",
    code: "context_length_exceeded",
  });

/** 400: the content filter. */
export const contentFilter = (): Behaviour =>
  refuses(400, {
    message: "The response was filtered due to the content management policy.",
    type: "invalid_request_error",
    code: "content_filter",
  });

/** Refuses conversations that end with the assistant, and answers all others. */
export const rejectsPrefill = (): Behaviour => (exchange) =>
  exchange.served.messages.at(-1)?.role === "assistant"
    ? refuses(400, { message: "The last message must be of the user.", type: "invalid_request_error" })(exchange)
    : healthy()(exchange);

/** Refuses conversations in which the assistant has spoken, and answers all others. */
export const rejectsAssistant = (): Behaviour => (exchange) =>
  exchange.served.messages.some(({ role }) => role === "assistant")
    ? refuses(400, { message: "Only one message is taken.", type: "invalid_request_error" })(exchange)
    : healthy()(exchange);

/** Does for some keys what is said of each, and answers the others. */
export const byKey =
  (behaviours: Readonly<Record<number, Behaviour>>): Behaviour =>
  (exchange) =>
    (behaviours[exchange.served.keyIndex] ?? healthy())(exchange);

/** Refuses some keys, each with a status, and answers the others. */
export const refusesKeys = (statuses: Readonly<Record<number, number>>): Behaviour =>
  byKey(
    Object.fromEntries(
      Object.entries(statuses).map(([key, status]) => [key, refuses(status, { type: "authentication_error" })]),
    ),
  );
