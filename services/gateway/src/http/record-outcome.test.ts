import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serveGateway, type TestGateway } from "../testing/serve-gateway.ts";

describe("outcomes over HTTP", () => {
  let gateway: TestGateway;
  let asked: unknown[];
  beforeAll(async () => {
    gateway = await serveGateway();
  });
  beforeEach(() => {
    asked = [];
    gateway.script.recordOutcome = async (request) => {
      asked.push(request);
      return { recorded: true };
    };
  });
  afterAll(() => gateway.close());

  const post = async (body: object, headers: Record<string, string> = {}) => {
    const response = await gateway.post("/v1/switchyard/outcomes", JSON.stringify(body), headers);
    return { status: response.status, body: (await response.json()) as { error?: { param: string } } };
  };

  it("hands a judgement of a request on, for the tenant that is named", async () => {
    const answer = await post(
      { request_id: "request-7", good: false, source: "user" },
      { "x-switchyard-tenant": "acme" },
    );
    expect(answer).toEqual({ status: 200, body: { recorded: true } });
    expect(asked).toEqual([
      expect.objectContaining({
        requestId: "request-7",
        verdict: { $case: "good", value: false },
        source: "OUTCOME_SOURCE_USER",
        caller: expect.objectContaining({ tenant: "acme" }),
      }),
    ]);
  });

  it("hands a judgement of an answer on that is described", async () => {
    await post({ model: "gpt-4o", task: "code", score: 0.4, source: "test" });
    await post({ model: "gpt-4o", prompt: "Sort this.", score: 1, source: "judge" });
    expect(asked).toMatchObject([
      { model: "gpt-4o", task: "TASK_CODE", verdict: { $case: "score", value: 0.4 }, source: "OUTCOME_SOURCE_TEST" },
      { prompt: "Sort this.", task: "TASK_UNSPECIFIED", source: "OUTCOME_SOURCE_JUDGE" },
    ]);
  });

  it.each([
    ["good", { request_id: "r", source: "user" }],
    ["good", { request_id: "r", source: "user", good: true, score: 1 }],
    ["good", { request_id: "r", source: "user", good: "yes" }],
    ["score", { request_id: "r", source: "user", score: 5 }],
    ["source", { request_id: "r", good: true }],
    ["source", { request_id: "r", good: true, source: "constructor" }],
    ["task", { model: "m", good: true, source: "test", task: "poetry" }],
    ["requestId", { requestId: "r", good: true, source: "user" }],
  ])("refuses what it does not understand, by its field: %s of %j", async (param, body) => {
    const answer = await post(body);
    expect([answer.status, answer.body.error?.param]).toEqual([400, param]);
    expect(asked).toEqual([]);
  });

  it("takes POST only", async () => {
    const response = await fetch(`${gateway.url}/v1/switchyard/outcomes`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
