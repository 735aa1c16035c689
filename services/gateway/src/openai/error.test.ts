import { invalidRequest, type Reason, RpcError, Status } from "@switchyard/rpc";
import { describe, expect, it } from "vitest";
import { errorAnswerOf } from "./error.ts";

const fault = (code: Status, reason: Reason, more: object = {}) =>
  errorAnswerOf(new RpcError({ code, reason, message: "why", ...more }));

describe("a fault over HTTP", () => {
  it.each([
    [Status.INVALID_ARGUMENT, "UPSTREAM_CONTEXT_LENGTH", 400, "invalid_request_error", "context_length_exceeded"],
    [Status.INVALID_ARGUMENT, "UPSTREAM_CONTENT_FILTER", 400, "invalid_request_error", "content_filter"],
    [Status.UNAUTHENTICATED, "UNAUTHENTICATED", 401, "authentication_error", "invalid_api_key"],
    [Status.PERMISSION_DENIED, "PERMISSION_DENIED", 403, "permission_error", "permission_denied"],
    [Status.NOT_FOUND, "UNKNOWN_MODEL", 404, "invalid_request_error", "model_not_found"],
    [Status.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED", 409, "invalid_request_error", "idempotency_key_reused"],
    [Status.FAILED_PRECONDITION, "NO_CANDIDATE", 422, "invalid_request_error", "no_candidate"],
    [Status.RESOURCE_EXHAUSTED, "BUDGET_EXHAUSTED", 429, "insufficient_quota", "insufficient_quota"],
    [Status.RESOURCE_EXHAUSTED, "ALL_CANDIDATES_RATE_LIMITED", 429, "rate_limit_error", "rate_limit_exceeded"],
    [Status.CANCELLED, "CANCELLED", 499, "request_cancelled", "cancelled"],
    [Status.INTERNAL, "INTERNAL", 500, "server_error", "internal"],
    [Status.UNKNOWN, "INTERNAL", 500, "server_error", "internal"],
    [Status.UNAVAILABLE, "ALL_CANDIDATES_FAILED", 503, "server_error", "all_candidates_failed"],
    [Status.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", 504, "server_error", "deadline_exceeded"],
  ] as const)(
    "with status %i and reason %s has HTTP status %i, type %s and code %s",
    (code, reason, status, type, word) => {
      const answer = fault(code, reason, { metadata: { a: "b" } });
      expect(answer.status).toBe(status);
      expect(answer.body.error).toMatchObject({
        message: "why",
        type,
        code: word,
        switchyard: { reason, metadata: { a: "b" } },
      });
    },
  );

  it("says in whole seconds when to come again", () => {
    const later = (retryDelayMs: number) =>
      fault(Status.RESOURCE_EXHAUSTED, "OVERLOADED", { retryDelayMs }).headers["retry-after"];
    expect([later(0), later(1_000), later(1_001)]).toEqual(["1", "1", "2"]);
    expect(fault(Status.UNAVAILABLE, "DRAINING").headers).toEqual({});
  });

  it("keeps OpenAI's clients from repeating what cannot succeed", () => {
    const header = "x-should-retry";
    expect(fault(Status.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED").headers[header]).toBe("false");
    expect(fault(Status.RESOURCE_EXHAUSTED, "BUDGET_EXHAUSTED").headers[header]).toBe("false");
    expect(fault(Status.RESOURCE_EXHAUSTED, "ALL_CANDIDATES_RATE_LIMITED").headers[header]).toBeUndefined();
  });

  it.each([
    ["chat.model", "model"],
    ["chat.max_tokens", "max_tokens"],
    ["chat.messages", "messages"],
    ["chat.messages[0].content", "messages[0].content"],
    ["chat.messages[2].content[1].image.url", "messages[2].content[1].image_url.url"],
    ["chat.messages[2].content[1].audio.format", "messages[2].content[1].input_audio.format"],
    ["chat.messages[3].tool_calls[0].arguments", "messages[3].tool_calls[0].function.arguments"],
    ["chat.tools[0].name", "tools[0].function.name"],
    ["chat.tools[0].parameters_json", "tools[0].function.parameters"],
    ["chat.response_format.json_schema.schema_json", "response_format.json_schema.schema"],
    ["chat.tool_choice.mode", "tool_choice"],
    ["chat.tool_choice.function", "tool_choice.function.name"],
    ["chat.logit_bias[50256]", "logit_bias[50256]"],
    ["chat.messages[0].content[1].other_json", "messages[0].content[1]"],
    ["embedding.model", "model"],
    ["embedding.texts[4]", "input[4]"],
    ["embedding.token_lists", "input"],
    ["hints.max_cost_usd_nanos", "switchyard.max_cost_usd"],
    ["hints.latency_bound_ms", "switchyard.latency_ms"],
    ["hints.quality_target", "switchyard.quality_target"],
    ["caller.labels", "switchyard.labels"],
    ["idempotency_key", "idempotency-key"],
    ["messages[0].role", "messages[0].role"],
    ["x-switchyard-task", "x-switchyard-task"],
  ])("names the field %s as %s", (field, param) => {
    const { error } = errorAnswerOf(invalidRequest({ field, description: "is wrong" })).body;
    expect(error).toMatchObject({ param, message: `${param}: is wrong`, code: "invalid_request" });
  });

  it("names a field as it was sent where it has several names, and every field in the message", () => {
    const violations = invalidRequest(
      { field: "chat.max_tokens", description: "must be at least 1" },
      { field: "chat.messages", description: "must not be empty" },
    );
    const { error } = errorAnswerOf(violations, { max_tokens: "max_completion_tokens" }).body;
    expect(error.param).toBe("max_completion_tokens");
    expect(error.message).toBe("max_completion_tokens: must be at least 1; messages: must not be empty");
  });

  it("names no field where the body as a whole is wrong", () => {
    const refusal = invalidRequest({ field: "body", description: "is empty" });
    expect(errorAnswerOf(refusal).body.error).toMatchObject({ param: null, message: "the body is empty" });
  });

  it("says a field's name once", () => {
    const refusal = invalidRequest({ field: "caller.user", description: "caller.user: not of this key" });
    expect(errorAnswerOf(refusal).body.error.message).toBe("switchyard.user: not of this key");
  });

  it("names the model that is not known, and the field that contradicts a key", () => {
    expect(fault(Status.NOT_FOUND, "UNKNOWN_MODEL").body.error.param).toBe("model");
    expect(
      fault(Status.PERMISSION_DENIED, "PERMISSION_DENIED", { metadata: { field: "caller.tenant" } }).body.error.param,
    ).toBe("switchyard.tenant");
  });
});
