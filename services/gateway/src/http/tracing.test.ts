import { startTelemetry, type Telemetry, traceIdOf } from "@switchyard/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anAnswer, aReport, endChunk } from "../testing/messages.ts";
import { serveGateway, type TestGateway } from "../testing/serve-gateway.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const question = { model: "auto", messages: [{ role: "user", content: "hi" }] };

describe("the trace of a caller", () => {
  let telemetry: Telemetry;
  let gateway: TestGateway;
  let seen: string;

  beforeAll(async () => {
    telemetry = startTelemetry("gateway-test", {});
    gateway = await serveGateway();
    gateway.script.complete = async () => {
      seen = traceIdOf();
      return { response: anAnswer(), routing: aReport() };
    };
    gateway.script.stream = async function* () {
      seen = traceIdOf();
      yield { chunk: endChunk(), routing: aReport() };
    };
  });
  afterAll(async () => {
    await gateway.close();
    await telemetry.shutdown();
  });

  it.each([false, true])("goes on in the router's call, streamed: %s", async (stream) => {
    seen = "";
    const body = JSON.stringify({ ...question, stream });
    await (await gateway.post("/v1/chat/completions", body, { traceparent })).text();
    expect(seen).toBe(traceId);
  });

  it("is named in the answer to a request that went wrong", async () => {
    const response = await gateway.post("/v1/chat/completions", "", { traceparent });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-switchyard-trace-id")).toBe(traceId);
  });
});
