import { describe, expect, it } from "vitest";
import { parseErrorBody } from "./openai-error-body.ts";
import { errorReason } from "./openai-error-reason.ts";

const reasonOf = (status: number | undefined, body: object | string) =>
  errorReason(status, parseErrorBody(typeof body === "string" ? body : JSON.stringify(body)));
const error = (message: string, rest = {}) => ({ error: { message, ...rest } });

describe("errorReason", () => {
  it.each([
    [429, error("Rate limit reached", { code: "rate_limit_exceeded" }), "UPSTREAM_RATE_LIMITED"],
    [429, error("You exceeded your current quota", { code: "insufficient_quota" }), "UPSTREAM_RATE_LIMITED"],
    [413, error("Request too large on tokens per minute", { code: "rate_limit_exceeded" }), "UPSTREAM_RATE_LIMITED"],
    [500, error("The server had an error"), "UPSTREAM_UNAVAILABLE"],
    [502, "<html>Bad gateway</html>", "UPSTREAM_UNAVAILABLE"],
    [503, "", "UPSTREAM_UNAVAILABLE"],
    [529, error("Overloaded"), "UPSTREAM_UNAVAILABLE"],
    [304, "", "UPSTREAM_UNAVAILABLE"],
    [307, "<html>Moved</html>", "UPSTREAM_UNAVAILABLE"],
    [408, error("Timed out"), "UPSTREAM_TIMEOUT"],
    [401, error("Incorrect API key provided: sk-abc"), "UPSTREAM_AUTHENTICATION"],
    [402, error("Insufficient Balance"), "UPSTREAM_AUTHENTICATION"],
    [403, error("Project has no access to this model"), "UPSTREAM_AUTHENTICATION"],
    [400, error("API key not valid. Please pass a valid API key."), "UPSTREAM_AUTHENTICATION"],
    [400, error("Unsupported value: 'temperature'"), "UPSTREAM_INVALID_REQUEST"],
    [404, error("The model `x` does not exist"), "UPSTREAM_UNAVAILABLE"],
    [400, error("Model Not Exist", { type: "invalid_request_error" }), "UPSTREAM_UNAVAILABLE"],
    [400, error("Invalid model: x", { type: "invalid_model", code: "1500" }), "UPSTREAM_UNAVAILABLE"],
    [400, error("x/y is not a valid model ID", { code: 400 }), "UPSTREAM_UNAVAILABLE"],
    [405, "", "UPSTREAM_UNAVAILABLE"],
    [409, "", "UPSTREAM_UNAVAILABLE"],
    [410, "", "UPSTREAM_UNAVAILABLE"],
    [425, "", "UPSTREAM_UNAVAILABLE"],
    [413, "Payload Too Large", "UPSTREAM_INVALID_REQUEST"],
    [422, { detail: [{ loc: ["body", "n"], msg: "too large" }] }, "UPSTREAM_INVALID_REQUEST"],
    [400, error("", { code: "content_filter" }), "UPSTREAM_CONTENT_FILTER"],
    [400, error("Content Exists Risk"), "UPSTREAM_CONTENT_FILTER"],
    [400, error("x", { code: "data_inspection_failed" }), "UPSTREAM_CONTENT_FILTER"],
    [403, error("m requires moderation. Your input was flagged for hate"), "UPSTREAM_CONTENT_FILTER"],
  ] as const)("maps %i %j to %s", (status, body, expected) => {
    expect(reasonOf(status, body)).toBe(expected);
  });

  it.each([
    error("too long", { code: "context_length_exceeded" }),
    {
      object: "error",
      message: "This model's maximum context length is 4096 tokens. However, you requested 5000",
      code: 400,
    },
    error("prompt is too long: 208310 tokens > 200000 maximum"),
    error("input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000"),
    [error("The input token count (1500000) exceeds the maximum number of tokens allowed (1048576).")],
    error("The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
    error("the request exceeds the available context size", { type: "exceed_context_size_error" }),
    error("`inputs` tokens + `max_new_tokens` must be <= 4097"),
    error("This model's maximum prompt length is 131072 but the request contains 140000 tokens."),
    error("<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]"),
    error("Provider returned error", { code: 400, metadata: { raw: '{"message":"prompt is too long: 9 > 8"}' } }),
    "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
  ])("knows a prompt that is too long by %j", (body) => {
    expect(reasonOf(400, body)).toBe("UPSTREAM_CONTEXT_LENGTH");
  });

  it.each([
    [error("Rate limited", { code: 429 }), "UPSTREAM_RATE_LIMITED"],
    [error("Bad gateway", { code: 502 }), "UPSTREAM_UNAVAILABLE"],
    [error("x", { type: "rate_limit_error" }), "UPSTREAM_RATE_LIMITED"],
    [error("x", { type: "overloaded_error" }), "UPSTREAM_UNAVAILABLE"],
    [error("x", { type: "authentication_error" }), "UPSTREAM_AUTHENTICATION"],
    [error("x", { type: "invalid_request_error" }), "UPSTREAM_INVALID_REQUEST"],
    [error("prompt is too long: 9 > 8"), "UPSTREAM_CONTEXT_LENGTH"],
    [error("x", { code: "content_filter" }), "UPSTREAM_CONTENT_FILTER"],
    [{ error: "something broke" }, "UPSTREAM_UNAVAILABLE"],
  ] as const)("maps an error in a stream, %j, to %s", (body, expected) => {
    expect(reasonOf(undefined, body)).toBe(expected);
  });
});

describe("parseErrorBody", () => {
  it.each([
    ['{"error":{"message":"m","type":"t","code":"c"}}', { message: "m", type: "t", code: "c", detail: "" }],
    ['{"error":"m"}', { message: "m" }],
    ['{"object":"error","message":"m","type":"BadRequestError","code":400}', { message: "m", code: "400" }],
    ['{"detail":"m"}', { message: "m" }],
    ['{"detail":[{"loc":["body","n"],"msg":"too large"},{"msg":"x"}]}', { message: "body.n: too large; x" }],
    ['[{"error":{"message":"m","status":"INVALID_ARGUMENT"}}]', { message: "m", detail: "INVALID_ARGUMENT" }],
    ["plain text\n", { message: "plain text" }],
    ["<html>", { message: "" }],
    ["", { message: "" }],
    ["null", { message: "" }],
  ])("reads %s", (text, expected) => {
    expect(parseErrorBody(text)).toMatchObject(expected);
  });
});
