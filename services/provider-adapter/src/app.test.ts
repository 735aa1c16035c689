import {
  CompleteRequest,
  EmbedRequest,
  ProviderServiceDefinition,
  StreamCompleteRequest,
} from "@switchyard/contracts/provider/v1/provider";
import { type Connection, connect, type RpcServer, serve } from "@switchyard/rpc";
import { createLogger, inSpan } from "@switchyard/telemetry";
import { type RecordedSpan, recordTelemetry, type TelemetryRecorder } from "@switchyard/telemetry/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createProviderAdapterApp, type ProviderAdapterApp } from "./app.ts";
import { collect } from "./testing/attempt-bench.ts";
import { configOf, question, withSpare } from "./testing/requests.ts";
import {
  beginStream,
  contentEvent,
  type Exchange,
  fixture,
  type ScriptedProvider,
  sendJson,
  sendStream,
  startScriptedProvider,
} from "./testing/scripted-provider.ts";

const logger = createLogger("test", "silent");
let telemetry: TelemetryRecorder;

beforeAll(() => {
  telemetry = recordTelemetry();
});
afterAll(() => telemetry.stop());

describe.each(["in-process", "network"])("the provider adapter, called %s", (transport) => {
  let script: (exchange: Exchange) => void;
  let upstream: ScriptedProvider;
  let app: ProviderAdapterApp;
  let server: RpcServer | undefined;
  let connection: Connection<typeof ProviderServiceDefinition>;

  beforeEach(async () => {
    telemetry.spans.length = 0;
    upstream = await startScriptedProvider((exchange) => script(exchange));
    app = await createProviderAdapterApp(
      withSpare(configOf(upstream.baseUrl), new URL("/spare", upstream.baseUrl).href),
      {
        logger,
      },
    );
    if (transport === "network") {
      server = await serve(app.services, { listen: "127.0.0.1:0", logger, maxMessageBytes: 1024 * 1024 });
      connection = connect(ProviderServiceDefinition, `dns:///${server.address}`);
    } else {
      connection = connect(ProviderServiceDefinition, { inProcess: app.service, onUnforeseen: () => undefined });
    }
  });

  afterEach(async () => {
    connection.close();
    await server?.drain(1_000);
    server = undefined;
    await app.close();
    await upstream.close();
  });

  const complete = (chat = question()) => connection.client.complete(CompleteRequest.create({ model: "small", chat }));
  const stream = (signal?: AbortSignal) =>
    connection.client.streamComplete(StreamCompleteRequest.create({ model: "small", chat: question() }), { signal });
  /** The spans of attempts. Over the network, a call may be over for its caller before it is at its server. */
  const attemptSpans = () => telemetry.spans.filter(({ name }) => /^(chat|embeddings) /.test(name));
  const callerSpan = () => telemetry.spans.find(({ name }) => name === "caller");
  const attemptSpan = async (): Promise<RecordedSpan> => {
    await expect.poll(attemptSpans).toHaveLength(1);
    return attemptSpans()[0] as RecordedSpan;
  };

  it("gives the answer and names the provider", async () => {
    script = ({ response }) => sendJson(response, fixture("openai-chat.json"));
    const { response, provider } = await complete();
    expect(provider).toBe("acme");
    expect(response?.choices[0]?.message?.content[0]?.part).toMatchObject({ value: "Paris is the capital of France." });
  });

  it("names the provider in the first message of a stream only", async () => {
    script = ({ response }) => sendStream(response, fixture("openai-stream.sse"));
    const { items } = await collect(stream());
    expect(items.map(({ provider }) => provider)).toEqual(["acme", "", "", "", ""]);
  });

  it("records an answer as one client span under that of its caller, with all that it used", async () => {
    script = ({ response }) => sendJson(response, fixture("openai-chat.json"));
    const chat = { ...question(), maxTokens: 50, temperature: 0.5, topP: 1, seed: 7n, n: 1 };
    await inSpan("caller", {}, () => complete(chat));
    const span = await attemptSpan();
    expect(span).toMatchObject({ name: "chat acme-small-1", kind: 2, status: { code: 0 } });
    expect(span.attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "acme.ai",
      "gen_ai.request.model": "acme-small-1",
      "gen_ai.request.stream": false,
      "gen_ai.request.max_tokens": 50,
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.top_p": 1,
      "gen_ai.request.seed": 7,
      "gen_ai.request.choice.count": 1,
      "gen_ai.output.type": "text",
      "gen_ai.response.id": "chatcmpl-CkP1aXq7zM0fVhB2",
      "gen_ai.response.model": "gpt-4o-2024-08-06",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 1117,
      "gen_ai.usage.output_tokens": 7,
      "gen_ai.usage.cache_read.input_tokens": 1024,
      "gen_ai.usage.reasoning.output_tokens": 0,
      "server.address": "127.0.0.1",
      "server.port": Number(new URL(upstream.baseUrl).port),
      "switchyard.key.index": 0,
      "switchyard.model": "small",
    });
    expect(span.spanContext().traceId).toBe(callerSpan()?.spanContext().traceId);
  });

  it("records a stream once, with the time to its first chunk", async () => {
    script = ({ response }) => sendStream(response, fixture("openai-stream.sse"));
    await inSpan("caller", {}, () => collect(stream()));
    const span = await attemptSpan();
    expect(span.status.code).toBe(0);
    const above = () => (transport === "network" ? telemetry.spans.find(({ kind }) => kind === 1) : callerSpan());
    await expect.poll(above).toBeDefined();
    expect(span.parentSpanContext?.spanId).toBe(above()?.spanContext().spanId);
    expect(span.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.output_tokens": 6,
    });
  });

  it("records the place of the key that was asked last, and nothing else of any", async () => {
    const config = configOf(upstream.baseUrl, { keys: ["key-zero", "key-one"] });
    const own = await createProviderAdapterApp(config, { logger });
    script = ({ headers, response }) =>
      headers.authorization === "Bearer key-zero"
        ? sendJson(response, { error: { message: "key-zero is spent" } }, 429)
        : sendJson(response, fixture("openai-chat.json"));
    const { client } = connect(ProviderServiceDefinition, { inProcess: own.service, onUnforeseen: () => undefined });
    await client.complete(CompleteRequest.create({ model: "small", chat: question() }));
    await own.close();
    const { attributes, events } = await attemptSpan();
    expect(attributes["switchyard.key.index"]).toBe(1);
    expect(JSON.stringify([attributes, events])).not.toMatch(/key-zero|key-one/);
    expect(JSON.stringify((await telemetry.points()).map((point) => point.attributes))).not.toContain("key");
  });

  it("records an error by its reason, and not a word of what was said", async () => {
    script = ({ response }) => sendJson(response, { error: { message: "the secret question is bad" } }, 400);
    await expect(complete()).rejects.toMatchObject({
      reason: "UPSTREAM_INVALID_REQUEST",
      metadata: { provider: "acme", http_status: "400" },
    });
    const span = await attemptSpan();
    expect(span.status).toEqual({ code: 2, message: "UPSTREAM_INVALID_REQUEST" });
    expect(span.attributes["error.type"]).toBe("UPSTREAM_INVALID_REQUEST");
    expect(JSON.stringify(telemetry.spans.map(({ attributes, events }) => [attributes, events]))).not.toContain(
      "secret",
    );
  });

  it("records a broken stream once, as an error", async () => {
    script = ({ response }) => sendStream(response, contentEvent("Hi"));
    expect((await collect(stream())).error).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
    expect((await attemptSpan()).attributes["error.type"]).toBe("UPSTREAM_BROKEN_ANSWER");
  });

  it("records a cancelled stream once, and not as the provider's error", async () => {
    script = ({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi"));
    };
    const arrived = upstream.next();
    const cancel = new AbortController();
    const chunks = stream(cancel.signal)[Symbol.asyncIterator]();
    await chunks.next();
    cancel.abort();
    await expect(chunks.next()).rejects.toMatchObject({ reason: "CANCELLED" });
    await (await arrived).hungUp;
    const span = await attemptSpan();
    expect(span.attributes["error.type"]).toBe("CANCELLED");
    expect(span.status.code).toBe(0);
  });

  it("records a stream that its caller leaves once", async () => {
    script = ({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi"));
    };
    const arrived = upstream.next();
    for await (const { provider } of stream()) {
      expect(provider).toBe("acme");
      break;
    }
    await (await arrived).hungUp;
    expect((await attemptSpan()).attributes["error.type"]).toBe("CANCELLED");
  });

  it("measures duration and tokens", async () => {
    script = ({ response }) => sendJson(response, fixture("openai-chat.json"));
    await complete();
    await attemptSpan();
    const points = await telemetry.points();
    const own = points.filter(({ attributes }) => attributes["server.port"] === Number(new URL(upstream.baseUrl).port));
    expect(own.map(({ metric, attributes }) => [metric, attributes["gen_ai.token.type"]])).toEqual([
      ["gen_ai.client.operation.duration", undefined],
      ["gen_ai.client.token.usage", "input"],
      ["gen_ai.client.token.usage", "output"],
    ]);
    expect(own[1]?.value).toMatchObject({ sum: 1117 });
    expect(own[0]?.attributes).toMatchObject({
      "gen_ai.request.model": "acme-small-1",
      "gen_ai.response.model": "gpt-4o-2024-08-06",
    });
  });

  it("embeds", async () => {
    script = ({ response }) => sendJson(response, fixture("openai-embeddings.json"));
    const request = EmbedRequest.create({ model: "small", embedding: { texts: ["a", "b"] } });
    const { response, provider } = await connection.client.embed(request);
    expect(provider).toBe("acme");
    expect(response?.embeddings[1]?.values).toEqual([0.5, -0.25]);
    const span = await attemptSpan();
    expect(span.name).toBe("embeddings acme-small-1");
    expect(span.attributes).toMatchObject({ "gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": 8 });
  });

  it("asks the provider that is named, whatever it is asked for", async () => {
    script = ({ response }) => sendJson(response, fixture("openai-chat.json"));
    const named = { model: "small", provider: "spare" };
    const answer = await connection.client.complete(CompleteRequest.create({ ...named, chat: question() }));
    expect(answer.provider).toBe("spare");
    script = ({ response }) => sendStream(response, fixture("openai-stream.sse"));
    const streamed = StreamCompleteRequest.create({ ...named, chat: question() });
    expect((await collect(connection.client.streamComplete(streamed))).items[0]?.provider).toBe("spare");
    script = ({ response }) => sendJson(response, fixture("openai-embeddings.json"));
    const vectors = await connection.client.embed(EmbedRequest.create({ ...named, embedding: { texts: ["a", "b"] } }));
    expect(vectors.provider).toBe("spare");
    expect(upstream.exchanges.map(({ path, body }) => [path, body.model])).toEqual([
      ["/spare/chat/completions", "spare-small"],
      ["/spare/chat/completions", "spare-small"],
      ["/spare/embeddings", "spare-small"],
    ]);
    await expect.poll(() => attemptSpans().length).toBe(3);
    expect(attemptSpans().map(({ attributes }) => attributes["gen_ai.provider.name"])).toEqual(
      Array(3).fill("spare.ai"),
    );
  });

  it("refuses a provider that does not serve the model, without asking anyone", async () => {
    const named = { model: "small", provider: "nobody", chat: question() };
    const refusal = { code: 5, reason: "UNKNOWN_MODEL", metadata: { model: "small", provider: "nobody" } };
    await expect(connection.client.complete(CompleteRequest.create(named))).rejects.toMatchObject(refusal);
    const { error } = await collect(connection.client.streamComplete(StreamCompleteRequest.create(named)));
    expect(error).toMatchObject({ ...refusal, message: expect.stringMatching(/^provider: "nobody"/) });
    const embed = EmbedRequest.create({ model: "small", provider: "nobody", embedding: { texts: ["a"] } });
    await expect(connection.client.embed(embed)).rejects.toMatchObject(refusal);
    expect(upstream.exchanges).toEqual([]);
  });

  it("refuses what it cannot do, by name, without asking anyone", async () => {
    const refused = (request: object) => expect(connection.client.complete(CompleteRequest.create(request))).rejects;
    await refused({ model: "nobody", chat: question() }).toMatchObject({ code: 5, reason: "UNKNOWN_MODEL" });
    await refused({ chat: question() }).toMatchObject({ fieldViolations: [{ field: "model" }] });
    await refused({ model: "small" }).toMatchObject({ fieldViolations: [{ field: "chat" }] });
    await refused({ model: "small", chat: {} }).toMatchObject({ fieldViolations: [{ field: "chat.messages" }] });
    const nothing = connection.client.embed(EmbedRequest.create({ model: "small", embedding: {} }));
    await expect(nothing).rejects.toMatchObject({ fieldViolations: [{ field: "embedding.texts" }] });
    expect(
      (await collect(connection.client.streamComplete(StreamCompleteRequest.create({ model: "nobody" })))).error,
    ).toMatchObject({
      reason: "UNKNOWN_MODEL",
    });
    expect(upstream.exchanges).toEqual([]);
  });
});
