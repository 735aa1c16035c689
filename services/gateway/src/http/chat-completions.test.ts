import type { CompleteRequest } from "@switchyard/contracts/router/v1/router";
import { ChatResponse } from "@switchyard/contracts/type/v1/chat";
import { type Call, deadlineExceeded, invalidRequest, RpcError, Status } from "@switchyard/rpc";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anAnswer, aReport } from "../testing/messages.ts";
import { serveGateway, type TestGateway } from "../testing/serve-gateway.ts";

const question = { model: "auto", messages: [{ role: "user" as const, content: "hi" }] };

describe("POST /v1/chat/completions", () => {
  let gateway: TestGateway;
  let asked: CompleteRequest;
  let call: Call;

  beforeAll(async () => {
    gateway = await serveGateway({ requestTimeoutMs: 60_000, maxBodyBytes: 1024 * 1024 });
  });
  afterAll(() => gateway.close());
  beforeEach(() => answerWith(anAnswer()));

  function answerWith(response: ChatResponse): void {
    gateway.script.complete = async (request, received) => {
      asked = request;
      call = received;
      return { response, routing: aReport() };
    };
  }

  function failWith(error: Error): void {
    gateway.script.complete = async () => {
      throw error;
    };
  }

  const refused = async (request: Promise<unknown>) => {
    const error = await request.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(OpenAI.APIError);
    return error as InstanceType<typeof OpenAI.APIError>;
  };

  it("answers the official client, with the decision in headers and body", async () => {
    const { data, response, request_id } = await gateway.client().chat.completions.create(question).withResponse();
    expect(data.choices[0]?.message.content).toBe("Hello!");
    expect(data.usage?.total_tokens).toBe(12);
    expect(request_id).toBe("req-1");
    expect(data).toHaveProperty("switchyard.cost_usd_nanos", 1_235);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("x-switchyard-model")).toBe("qwen3-8b");
    expect(response.headers.get("x-switchyard-cost-usd")).toBe("0.000001235");
    expect(response.headers.get("x-switchyard-overhead-ms")).toBe("0.85");
  });

  it("hands the router key, deadline, hints, caller and idempotency key", async () => {
    const before = Date.now();
    const body = { ...question, user: "u-1", switchyard: { task: "code", tenant: "acme" } };
    await gateway.client().chat.completions.create(body, {
      headers: { "idempotency-key": "once", "x-switchyard-max-tier": "standard", "cache-control": "no-store" },
    });
    expect(asked).toMatchObject({
      idempotencyKey: "once",
      caller: { tenant: "acme", user: "u-1" },
      hints: { task: "TASK_CODE", maxTier: "TIER_STANDARD", cachePolicy: "CACHE_POLICY_NO_STORE" },
    });
    expect(call.metadata.get("authorization")).toBe("Bearer key-1");
    expect(call.deadline).toBeGreaterThanOrEqual(before + 60_000);
  });

  it("sees no idempotency key, hints or caller where the official client was told none", async () => {
    await gateway.client().chat.completions.create(question);
    expect(asked).toMatchObject({ idempotencyKey: "", hints: undefined, caller: undefined });
  });

  it("does tools with the official client", async () => {
    const toolCalls = [
      { id: "a", name: "weather", arguments: '{"city":"Oslo"}' },
      { id: "b", name: "weather", arguments: '{"city":"Rome"}' },
    ];
    answerWith(
      ChatResponse.create({
        choices: [{ message: { role: "ROLE_ASSISTANT", toolCalls }, finishReason: "tool_calls" }],
      }),
    );
    const { choices } = await gateway.client().chat.completions.create({
      ...question,
      tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }],
      tool_choice: { type: "function", function: { name: "weather" } },
    });
    expect(choices[0]?.message.tool_calls?.map((made) => made.type === "function" && made.function.arguments)).toEqual([
      '{"city":"Oslo"}',
      '{"city":"Rome"}',
    ]);
    expect(asked.chat?.tools[0]).toMatchObject({ name: "weather", parametersJson: '{"type":"object"}' });
    expect(asked.chat?.toolChoice?.choice).toEqual({ $case: "function", value: "weather" });
  });

  it("does JSON schema with the official client's parser", async () => {
    answerWith(anAnswer('{"city":"Oslo"}'));
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const { choices } = await gateway.client().chat.completions.parse({
      ...question,
      response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } },
    });
    expect(choices[0]?.message.parsed).toEqual({ city: "Oslo" });
    expect(asked.chat?.responseFormat?.format).toMatchObject({
      $case: "jsonSchema",
      value: { name: "place", strict: true },
    });
  });

  it("names the parameter that the router refuses", async () => {
    failWith(invalidRequest({ field: "chat.max_tokens", description: "must be at least 1" }));
    const error = await refused(gateway.client().chat.completions.create({ ...question, max_completion_tokens: -1 }));
    expect(error).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "max_completion_tokens",
      message: "400 max_completion_tokens: must be at least 1",
    });
    expect(error.requestID).not.toBe("");
  });

  it("says what it does not understand itself", async () => {
    const odd = { ...question, messages: [{ role: "owner", content: "x" }] } as never;
    expect(await refused(gateway.client().chat.completions.create(odd))).toMatchObject({
      status: 400,
      param: "messages[0].role",
    });
    const misspelt = { ...question, switchyard: { taks: "code" } } as never;
    expect(await refused(gateway.client().chat.completions.create(misspelt))).toMatchObject({
      status: 400,
      param: "switchyard.taks",
    });
  });

  it.each([
    [Status.UNAUTHENTICATED, "UNAUTHENTICATED", OpenAI.AuthenticationError, "invalid_api_key"],
    [Status.PERMISSION_DENIED, "PERMISSION_DENIED", OpenAI.PermissionDeniedError, "permission_denied"],
    [Status.NOT_FOUND, "UNKNOWN_MODEL", OpenAI.NotFoundError, "model_not_found"],
    [Status.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED", OpenAI.ConflictError, "idempotency_key_reused"],
    [Status.FAILED_PRECONDITION, "NO_CANDIDATE", OpenAI.UnprocessableEntityError, "no_candidate"],
    [Status.RESOURCE_EXHAUSTED, "BUDGET_EXHAUSTED", OpenAI.RateLimitError, "insufficient_quota"],
    [Status.UNAVAILABLE, "ALL_CANDIDATES_FAILED", OpenAI.InternalServerError, "all_candidates_failed"],
  ] as const)("makes of status %i the error that the official client knows", async (code, reason, type, word) => {
    failWith(new RpcError({ code, reason, message: "why", metadata: { limit: "x" } }));
    const error = await refused(gateway.client().chat.completions.create(question));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code: word, error: { switchyard: { reason, metadata: { limit: "x" } } } });
  });

  it("keeps the official client from repeating a request that no budget is left for", async () => {
    let calls = 0;
    gateway.script.complete = async () => {
      calls += 1;
      throw new RpcError({
        code: Status.RESOURCE_EXHAUSTED,
        reason: "BUDGET_EXHAUSTED",
        message: "no tokens left",
        retryDelayMs: 61_500,
      });
    };
    const error = await refused(gateway.client({ maxRetries: 2 }).chat.completions.create(question));
    expect(error.headers?.get("retry-after")).toBe("62");
    expect(calls).toBe(1);
  });

  it("keeps what nobody foresaw to itself", async () => {
    failWith(new TypeError("secret detail"));
    const error = await refused(gateway.client().chat.completions.create(question));
    expect(error).toMatchObject({ status: 500, code: "internal" });
    expect(JSON.stringify(error.error)).not.toContain("secret");
  });

  it("says when the time has run out", async () => {
    failWith(deadlineExceeded());
    expect(await refused(gateway.client().chat.completions.create(question))).toMatchObject({ status: 504 });
  });

  it("cancels the router's call when the caller goes away", async () => {
    const gone = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    gateway.script.complete = (_request, { signal }) => {
      signal.addEventListener("abort", () => gone.resolve());
      arrived.resolve();
      return new Promise(() => undefined);
    };
    const caller = new AbortController();
    const pending = gateway.client().chat.completions.create(question, { signal: caller.signal });
    await arrived.promise;
    caller.abort();
    await expect(pending).rejects.toThrow(OpenAI.APIUserAbortError);
    await gone.promise;
  });

  it("does not pass on an authorization header that gRPC could not carry", async () => {
    const response = await gateway.post("/v1/chat/completions", JSON.stringify(question), {
      authorization: "Bearer \u00e9",
    });
    expect(response.status).toBe(401);
  });
});
