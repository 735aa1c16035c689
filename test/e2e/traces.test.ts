import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "./network/config.ts";
import type { ReceivedSpan } from "./network/otlp-receiver.ts";
import { shapes, startNetwork, type TestNetwork } from "./network/test-network.ts";

const server = 2;
const client = 3;

describe.each(shapes)("a request through a %s platform", (shape) => {
  let network: TestNetwork;
  let openai: OpenAI;

  beforeAll(async () => {
    let failures = 0;
    network = await startNetwork({
      shape,
      simulator: {
        fault: ({ model }) => (model === "gpt-4o" && failures++ === 0 ? { kind: "status", status: 500 } : undefined),
      },
    });
    openai = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.acme, maxRetries: 0 });
  });
  afterAll(() => network?.stop());

  /** The spans of one request, once those that may end last have arrived. */
  const traced = async (
    body: object,
    lastSpans: readonly string[],
    headers: Record<string, string> = {},
  ): Promise<ReceivedSpan[]> => {
    const { data, response } = await openai.chat.completions
      .create(body as OpenAI.ChatCompletionCreateParamsNonStreaming, { headers })
      .withResponse();
    if (Symbol.asyncIterator in data) for await (const _chunk of data as AsyncIterable<unknown>);
    const traceId = response.headers.get("x-switchyard-trace-id");
    const ofTrace = () => network.otlp.spans().filter((span) => span.traceId === traceId);
    await expect
      .poll(() => ofTrace().map(({ name }) => name), { timeout: 10_000 })
      .toEqual(expect.arrayContaining([...lastSpans]));
    const caller = headers.traceparent?.split("-")[2];
    const withoutParent = () => orphans(ofTrace()).filter(({ parentSpanId }) => parentSpanId !== caller);
    await expect.poll(withoutParent, { timeout: 10_000 }).toEqual([]);
    return ofTrace();
  };
  const orphans = (spans: ReceivedSpan[]) =>
    spans.filter(({ parentSpanId }) => parentSpanId && !spans.some(({ spanId }) => spanId === parentSpanId));
  const only = (spans: ReceivedSpan[], name: string): ReceivedSpan => {
    const found = spans.filter((span) => span.name === name);
    if (found.length !== 1) throw new Error(`${found.length} spans named ${name} in ${spans.map((span) => span.name)}`);
    return found[0] as ReceivedSpan;
  };
  /** Names of the spans above one, nearest first, without those of the transport. */
  const above = (spans: ReceivedSpan[], of: ReceivedSpan): string[] => {
    const parent = spans.find(({ spanId }) => spanId === of.parentSpanId);
    if (!parent) return [];
    return parent.name.startsWith("switchyard.") ? above(spans, parent) : [parent.name, ...above(spans, parent)];
  };
  const message = (content: string) => [{ role: "user", content }];

  it.each([false, true])("is one trace whose steps stand under the request (streamed: %s)", async (stream) => {
    const spans = await traced({ model: "auto", messages: message(`Hello there, ${stream}.`), stream }, [
      "remember",
      "settle",
      "chat qwen3-8b",
    ]);
    const root = only(spans, "POST /v1/chat/completions");
    expect(root).toMatchObject({ parentSpanId: "", kind: server });
    const under = (name: string) => above(spans, only(spans, name));
    for (const step of ["recall", "classify", "decide", "reserve", "dispatch", "settle", "remember"]) {
      expect(under(step)).toEqual(["complete", "POST /v1/chat/completions"]);
    }
    expect(under("attempt")).toEqual(["dispatch", "complete", "POST /v1/chat/completions"]);
    expect(under("chat qwen3-8b")).toEqual(["attempt", "dispatch", "complete", "POST /v1/chat/completions"]);
  });

  it("describes the call to the provider by the GenAI conventions", async () => {
    const spans = await traced(
      { model: "gpt-4o", messages: message("Describe a fox."), temperature: 0.5, max_tokens: 50 },
      ["remember", "settle", "chat gpt-4o"],
    );
    const calls = spans.filter(({ name }) => name === "chat gpt-4o");
    const answered = calls.find(({ status }) => status !== 2);
    expect(answered).toMatchObject({
      kind: client,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.id": expect.any(String),
        "gen_ai.response.finish_reasons": [expect.any(String)],
        "gen_ai.usage.input_tokens": expect.any(Number),
        "gen_ai.usage.output_tokens": expect.any(Number),
        "server.address": "127.0.0.1",
      },
    });
    expect(answered?.attributes).not.toHaveProperty("gen_ai.input.messages");
  });

  it("shows every attempt, the failed one with its reason", async () => {
    const served = network.otlp.spans().filter(({ name, status }) => name === "chat gpt-4o" && status === 2);
    expect(served).toEqual([
      expect.objectContaining({ attributes: expect.objectContaining({ "error.type": "UPSTREAM_UNAVAILABLE" }) }),
    ]);
  });

  it("continues the caller's trace", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const spans = await traced({ model: "auto", messages: message("Continue.") }, ["remember", "settle"], {
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    });
    expect(only(spans, "POST /v1/chat/completions")).toMatchObject({ traceId, parentSpanId: "b7ad6b7169203331" });
  });

  it("crosses the services that the call graph says, and no others", async () => {
    const spans = await traced({ model: "auto", messages: message("Who calls whom?") }, ["remember", "settle"]);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const edges = new Set(
      spans.flatMap((span) => {
        const from = byId.get(span.parentSpanId)?.service;
        return from && from !== span.service ? [`${from} > ${span.service}`] : [];
      }),
    );
    const expected =
      shape === "standalone"
        ? []
        : [
            "switchyard-gateway > switchyard-router",
            "switchyard-router > switchyard-budget",
            "switchyard-router > switchyard-cache",
            "switchyard-router > switchyard-classifier",
            "switchyard-router > switchyard-provider-adapter",
          ];
    expect([...edges].sort()).toEqual(expected);
  });

  it("leaves no prompt, answer or key in any span or log line", async () => {
    const secret = "the-purple-elephant-phrase";
    await traced({ model: "auto", messages: message(`Repeat: ${secret}`) }, ["remember", "settle"]);
    const everything =
      JSON.stringify(network.otlp.spans()) +
      Object.values(network.processes)
        .map(({ log }) => log())
        .join("\n");
    expect(everything).not.toContain(secret);
    for (const key of [...Object.values(keys), "sk-provider"]) expect(everything).not.toContain(key);
  });

  it("is counted in the metrics that Prometheus scrapes", async () => {
    const urls =
      shape === "standalone"
        ? [`${network.httpUrl}/metrics`]
        : Object.values(network.processes).map(
            ({ addresses }) => `${addresses.admin ? `http://${addresses.admin}` : addresses.address}/metrics`,
          );
    const scraped = (await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).join("\n");
    expect(scraped).toMatch(/switchyard_requests_total\{[^}]*switchyard_model="gpt-4o"[^}]*\} \d/);
    expect(scraped).toMatch(/switchyard_cache_verdicts_total\{[^}]*switchyard_cache_verdict="miss"/);
    expect(scraped).toMatch(/switchyard_attempts_total\{[^}]*switchyard_outcome="UPSTREAM_UNAVAILABLE"/);
    expect(scraped).toMatch(/gen_ai_client_token_usage_bucket\{[^}]*gen_ai_token_type="input"/);
    expect(scraped).toMatch(/gen_ai_client_operation_duration_bucket/);
  });
});
