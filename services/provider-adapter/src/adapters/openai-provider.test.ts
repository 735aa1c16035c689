import type { AddressInfo } from "node:net";
import { createServer as createPlainServer } from "node:net";
import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { EmbeddingRequest } from "@switchyard/contracts/type/v1/embedding";
import { RpcError } from "@switchyard/rpc";
import { afterEach, describe, expect, it } from "vitest";
import { completeOnce, embedOnce } from "../domain/attempt.ts";
import { type AttemptBench, collect, setUpBench } from "../testing/attempt-bench.ts";
import { configOf, contentOf, question } from "../testing/requests.ts";
import {
  beginStream,
  contentEvent,
  type Exchange,
  fixture,
  sendJson,
  sendStream,
  startScriptedProvider,
} from "../testing/scripted-provider.ts";
import { createTurnedClock } from "../testing/turned-clock.ts";
import { targetsOf } from "./config-targets.ts";
import { createOpenAiProvider } from "./openai-provider.ts";

let bench: AttemptBench;
const setUp = async (...how: Parameters<typeof setUpBench>) => {
  bench = await setUpBench(...how);
};
const complete = () => completeOnce(bench.parts, bench.target, question(), bench.cancel.signal);
const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
};

afterEach(() => bench.close());

describe("a whole answer", () => {
  it("is asked for with the key, once, under the provider's name of the model", async () => {
    await setUp(({ response }) => sendJson(response, fixture("openai-chat.json")));
    const response = await complete();
    expect(response.usage).toMatchObject({ inputTokens: 1117n, cachedInputTokens: 1024n });
    const [exchange] = bench.upstream.exchanges;
    expect(exchange?.path).toBe("/v1/chat/completions");
    expect(exchange?.headers.authorization).toBe("Bearer key-one");
    expect(exchange?.body).toEqual({
      model: "acme-small-1",
      messages: [{ role: "user", content: "the secret question" }],
    });
    expect(bench.upstream.exchanges).toHaveLength(1);
  });

  it("is asked for with the seed as it is, also beyond what a double can hold", async () => {
    await setUp(({ response }) => sendJson(response, fixture("openai-chat.json")));
    const chat = { ...question(), seed: 9_007_199_254_740_993n };
    await completeOnce(bench.parts, bench.target, chat, bench.cancel.signal);
    expect(bench.upstream.exchanges[0]?.text).toContain('"seed":9007199254740993');
  });

  it.each([
    ["with the provider's marks for a model that goes on with it", "capabilities: [prefill]", { prefix: true }],
    ["as it is for a model that does not", "", {}],
  ])("is asked for with a last assistant message, %s", async (_how, model, marks) => {
    await setUp(({ response }) => sendJson(response, fixture("openai-chat.json")), {
      provider: "prefill: { message: { prefix: true } }",
      model,
    });
    const content = [{ part: { $case: "text" as const, value: "Paris is" }, extraJson: "" }];
    const chat = ChatRequest.create({ messages: [...question().messages, { role: "ROLE_ASSISTANT", content }] });
    await completeOnce(bench.parts, bench.target, chat, bench.cancel.signal);
    expect(bench.upstream.exchanges[0]?.body.messages).toEqual([
      { role: "user", content: "the secret question" },
      { role: "assistant", content: "Paris is", ...marks },
    ]);
  });

  it("carries no trace of the platform's own tracing", async () => {
    await setUp(({ response }) => sendJson(response, fixture("openai-chat.json")));
    await complete();
    expect(bench.upstream.exchanges[0]?.headers).not.toHaveProperty("traceparent");
  });

  it("comes over connections that are kept", async () => {
    await setUp(({ response }) => sendJson(response, fixture("openai-chat.json")));
    for (let call = 0; call < 6; call++) await complete();
    // The next request may begin before the connection of the last one is known to be free.
    expect(bench.upstream.connectionCount()).toBeLessThanOrEqual(2);
  });

  it("comes over no more connections than allowed", async () => {
    await setUp(undefined, { provider: "maxConnections: 2" });
    const calls = Array.from({ length: 5 }, complete);
    const answerNext = async (exchange: Promise<Exchange>) =>
      sendJson((await exchange).response, fixture("openai-chat.json"));
    await Promise.all(Array.from({ length: 5 }, () => answerNext(bench.upstream.next())));
    await Promise.all(calls);
    expect(bench.upstream.connectionCount()).toBeLessThanOrEqual(2);
  });

  it.each([
    ["is not JSON", "application/json", "{oops"],
    ["is a page of HTML", "text/html", "<html>hello</html>"],
    ["is empty", "application/json", ""],
    ["has no choices", "application/json", '{"id":"x","choices":[]}'],
  ])("that %s is broken", async (_what, type, body) => {
    await setUp(({ response }) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    expect(await failureOf(complete())).toMatchObject({
      reason: "UPSTREAM_BROKEN_ANSWER",
      metadata: { provider: "acme" },
    });
  });

  it("that is cut in the middle is broken", async () => {
    await setUp(({ response }) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"choices": [', () => response.destroy());
    });
    expect(await failureOf(complete())).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
  });

  it("of 200 with an error in it is that error", async () => {
    await setUp(({ response }) => sendJson(response, { error: { message: "slow down", code: 429 } }));
    expect(await failureOf(complete())).toMatchObject({ reason: "UPSTREAM_RATE_LIMITED" });
  });

  it("that never comes ends with the total time", async () => {
    await setUp();
    const arrived = bench.upstream.next();
    const failed = failureOf(complete());
    const { hungUp } = await arrived;
    bench.clock.advance(299_999);
    expect(bench.endings).toEqual([]);
    bench.clock.advance(1);
    expect(await failed).toMatchObject({
      reason: "UPSTREAM_TIMEOUT",
      metadata: { provider: "acme", timeout: "total" },
    });
    await hungUp;
    expect(bench.clock.pendingCount()).toBe(0);
  });

  it("that nobody waits for any more is hung up on", async () => {
    await setUp();
    const arrived = bench.upstream.next();
    const failed = failureOf(complete());
    const { hungUp } = await arrived;
    bench.cancel.abort();
    expect(await failed).toMatchObject({ reason: "CANCELLED" });
    await hungUp;
  });
});

describe("an error", () => {
  it("of a rate limit says when to come back", async () => {
    await setUp(({ response }) =>
      sendJson(response, { error: { message: "org-123 is limited" } }, 429, { "retry-after": "7" }),
    );
    const failure = await failureOf(complete());
    expect(failure).toMatchObject({
      reason: "UPSTREAM_RATE_LIMITED",
      retryDelayMs: 7_000,
      metadata: { provider: "acme", http_status: "429" },
    });
    expect(failure.message).not.toContain("org-123");
    expect(bench.upstream.exchanges).toHaveLength(1);
  });

  it("of a server says when to come back, by a date too", async () => {
    await setUp(({ response }) =>
      sendJson(response, {}, 503, { "retry-after": new Date(bench.clock.epochMs() + 5_000).toUTCString() }),
    );
    expect(await failureOf(complete())).toMatchObject({
      reason: "UPSTREAM_UNAVAILABLE",
      retryDelayMs: 5_000,
      metadata: { http_status: "503" },
    });
  });

  it("of an invalid request is passed on, shortened, without the key", async () => {
    const message = `bad value, key-one ${"x".repeat(1_000)}`;
    await setUp(({ response }) => sendJson(response, { detail: message }, 422));
    const failure = await failureOf(complete());
    expect(failure.reason).toBe("UPSTREAM_INVALID_REQUEST");
    expect(failure.message).toContain("bad value, [key]");
    expect(failure.message).not.toContain("key-one");
    expect(failure.message.length).toBeLessThan(600);
    expect(failure.retryDelayMs).toBeUndefined();
  });

  it("of a refused key says nothing of what the provider says", async () => {
    await setUp(({ response }) => sendJson(response, { error: { message: "wrong key: key-one" } }, 401));
    const failure = await failureOf(complete());
    expect(failure).toMatchObject({ reason: "UPSTREAM_AUTHENTICATION", metadata: { http_status: "401" } });
    expect(failure.message).not.toContain("key-one");
    expect(failure.message).not.toContain("wrong");
  });

  it("is known by its status where its body never ends", async () => {
    await setUp(({ response }) => void response.writeHead(503).write('{"error":'));
    expect(await failureOf(complete())).toMatchObject({
      reason: "UPSTREAM_UNAVAILABLE",
      metadata: { http_status: "503" },
    });
  });

  it("of a connection is one when nobody listens", async () => {
    await setUp();
    await bench.upstream.close();
    expect(await failureOf(complete())).toMatchObject({
      reason: "UPSTREAM_CONNECTION",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("of a connection is one when the provider hangs up before it answers", async () => {
    await setUp(({ response }) => response.destroy());
    expect(await failureOf(complete())).toMatchObject({ reason: "UPSTREAM_CONNECTION" });
  });

  it("of a connection is one when the name leads nowhere", async () => {
    await setUp();
    const config = configOf("http://nowhere.invalid/v1");
    const clock = createTurnedClock();
    const provider = createOpenAiProvider(config.providers, clock);
    const target = targetsOf(config).get("small")?.[0];
    expect(target).toMatchObject({ serverAddress: "nowhere.invalid", serverPort: 80 });
    const failed = failureOf(
      completeOnce({ ...bench.parts, provider }, target ?? bench.target, question(), bench.cancel.signal),
    );
    expect(await failed).toMatchObject({ reason: "UPSTREAM_CONNECTION" });
    await provider.close();
  });

  it("of connecting is a timeout when the provider never finishes its handshake", async () => {
    await setUp();
    const silent = createPlainServer((socket) => void socket.on("error", () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const config = configOf(`https://127.0.0.1:${port}/v1`, { provider: "timeouts: { connectMs: 50 }" });
    const provider = createOpenAiProvider(config.providers, createTurnedClock());
    const target = targetsOf(config).get("small")?.[0] ?? bench.target;
    const failed = failureOf(completeOnce({ ...bench.parts, provider }, target, question(), bench.cancel.signal));
    expect(await failed).toMatchObject({ reason: "UPSTREAM_TIMEOUT", metadata: { timeout: "connect" } });
    await provider.close();
    silent.close();
  });
});

describe("a redirect", () => {
  const embed = () =>
    embedOnce(bench.parts, bench.target, EmbeddingRequest.create({ texts: ["the secret"] }), bench.cancel.signal);
  const stream = async () => {
    throw (await collect(bench.stream())).error;
  };

  it.each([
    [301, "a whole answer", complete],
    [302, "a whole answer", complete],
    [307, "a whole answer", complete],
    [308, "a whole answer", complete],
    [307, "a stream", stream],
    [307, "vectors", embed],
  ])("of %i is not followed for %s: what it leads to never sees prompt or key", async (status, _what, ask) => {
    const elsewhere = await startScriptedProvider(({ response }) => sendJson(response, fixture("openai-chat.json")));
    await setUp(
      ({ response, path }) => sendJson(response, "<html>Moved</html>", status, { location: elsewhere.baseUrl + path }),
      { keys: ["one", "two"] },
    );
    const failure = await failureOf(ask());
    await elsewhere.close();
    expect(failure).toMatchObject({
      reason: "UPSTREAM_UNAVAILABLE",
      message: `provider "acme" redirects instead of answering, with HTTP ${status}; that is not followed, so its baseUrl must be the final one`,
      metadata: { provider: "acme", http_status: String(status) },
    });
    expect(elsewhere.connectionCount()).toBe(0);
    expect(bench.upstream.exchanges).toHaveLength(1);
  });

  it("that leads nowhere is none, but an error all the same", async () => {
    await setUp(({ response }) => void response.writeHead(304).end());
    expect(await failureOf(complete())).toMatchObject({
      reason: "UPSTREAM_UNAVAILABLE",
      metadata: { http_status: "304" },
    });
  });
});

describe("vectors", () => {
  it("come in the order of the texts", async () => {
    await setUp(({ response }) => sendJson(response, fixture("openai-embeddings.json")));
    const request = EmbeddingRequest.create({ texts: ["a", "b"] });
    const response = await embedOnce(bench.parts, bench.target, request, bench.cancel.signal);
    expect(response.embeddings[0]?.values).toEqual([0.125, 1]);
    expect(bench.upstream.exchanges[0]).toMatchObject({
      path: "/v1/embeddings",
      body: { model: "acme-small-1", input: ["a", "b"], encoding_format: "float" },
    });
    expect(bench.endings).toEqual(["completed"]);
  });

  it("that are too few are a broken answer", async () => {
    await setUp(({ response }) => sendJson(response, fixture("openai-embeddings.json")));
    const request = EmbeddingRequest.create({ texts: ["a", "b", "c"] });
    const failed = failureOf(embedOnce(bench.parts, bench.target, request, bench.cancel.signal));
    expect(await failed).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
  });
});

describe("a stream", () => {
  it("brings the chunks, and the usage last", async () => {
    await setUp(({ response }) => sendStream(response, fixture("openai-stream.sse")));
    const { items, error } = await collect(bench.stream());
    expect(error).toBeUndefined();
    expect(contentOf(items)).toBe("Hello, wörld 🌍");
    expect(items.map(({ usage }) => usage?.outputTokens)).toEqual([undefined, undefined, undefined, undefined, 6n]);
    expect(bench.upstream.exchanges[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(bench.endings).toEqual(["completed"]);
    expect(bench.clock.pendingCount()).toBe(0);
  });

  it("brings usage that came with another chunk, and only once where the provider counts along", async () => {
    await setUp(({ response }) => sendStream(response, fixture("deepseek-stream.sse")));
    const deepseek = (await collect(bench.stream())).items;
    expect(deepseek.at(-1)).toMatchObject({ choices: [], usage: { inputTokens: 16n, reasoningTokens: 6n } });
    await bench.close();
    await setUp(({ response }) => sendStream(response, fixture("vllm-stream.sse")));
    const vllm = (await collect(bench.stream())).items;
    expect(vllm.filter(({ usage }) => usage !== undefined)).toMatchObject([
      { choices: [], usage: { outputTokens: 3n } },
    ]);
    expect(contentOf(vllm)).toBe("Four.");
  });

  it("brings interleaved tool calls", async () => {
    await setUp(({ response }) => sendStream(response, fixture("openai-interleaved-tools.sse")));
    const { items, error } = await collect(bench.stream());
    expect(error).toBeUndefined();
    const pieces = items.flatMap(({ choices }) => choices[0]?.delta?.toolCalls ?? []);
    expect(pieces.map(({ index }) => index)).toEqual([0, 0, 1, 1, 0, 0, 1]);
    expect(pieces.filter(({ id }) => id !== "")).toHaveLength(2);
  });

  it("arrives whole when its bytes come one by one", async () => {
    const bytes = Buffer.from(fixture("openai-stream.sse"));
    await setUp(async ({ response }) => {
      beginStream(response);
      for (let at = 0; at < bytes.length; at += 7) {
        await new Promise<void>((resolve) => void response.write(bytes.subarray(at, at + 7), () => resolve()));
      }
      response.end();
    });
    const { items, error } = await collect(bench.stream());
    expect(error).toBeUndefined();
    expect(contentOf(items)).toBe("Hello, wörld 🌍");
  });

  it("is whole without [DONE], and without a line's end, once its choice has ended", async () => {
    await setUp(({ response }) => sendStream(response, (contentEvent("Hi") + contentEvent("", "stop")).trimEnd()));
    const { items, error } = await collect(bench.stream());
    expect(error).toBeUndefined();
    expect(contentOf(items)).toBe("Hi");
    expect(bench.endings).toEqual(["completed"]);
  });

  it("keeps its connection even where the provider ends it late", async () => {
    await setUp(({ response }) => {
      beginStream(response);
      response.write(`${contentEvent("Hi", "stop")}data: [DONE]\n\n`);
      setTimeout(() => response.end(), 5);
    });
    for (let call = 0; call < 6; call++) {
      await collect(bench.stream());
      await bench.upstream.exchanges.at(-1)?.over;
    }
    expect(bench.upstream.connectionCount()).toBeLessThanOrEqual(2);
  });

  it.each([
    ["ends in the middle", contentEvent("Hi")],
    ["ends in the middle, politely", `${contentEvent("Hi")}data: [DONE]\n\n`],
    ["says nothing", "data: [DONE]\n\n"],
    ["is empty", ""],
    [
      "has a choice that never ends",
      `${contentEvent("Hi", "stop")}data: {"choices":[{"index":1,"delta":{"content":"a"}}]}\n\n`,
    ],
    ["is broken off by the provider", contentEvent("Hi") + contentEvent("", "insufficient_system_resource")],
    ["has a chunk that is not JSON", `${contentEvent("Hi")}data: {"choices": [{"ind\n\n`],
    ["has a chunk that is no chunk", `${contentEvent("Hi")}data: {"choices":"none"}\n\n`],
  ])("that %s is broken", async (_what, events) => {
    await setUp(({ response }) => sendStream(response, events));
    const { error } = await collect(bench.stream());
    expect(error).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER", metadata: { provider: "acme" } });
    expect(bench.endings).toEqual([error]);
  });

  it("whose connection breaks is broken, after what it brought, with the usage it reported", async () => {
    await setUp(({ response }) => {
      beginStream(response);
      const usage = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n';
      response.write(contentEvent("Hi") + usage, () => response.destroy());
    });
    const { items, error } = await collect(bench.stream());
    expect(contentOf(items)).toBe("Hi");
    expect(items.at(-1)?.usage).toMatchObject({ inputTokens: 3n, outputTokens: 1n });
    expect(error).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
  });

  it("with an error in it ends with that error", async () => {
    const event = `data: ${JSON.stringify({ error: { message: "overloaded", type: "overloaded_error" } })}\n\n`;
    await setUp(({ response }) => sendStream(response, contentEvent("Hi") + event));
    const { items, error } = await collect(bench.stream());
    expect(contentOf(items)).toBe("Hi");
    expect(error).toMatchObject({ reason: "UPSTREAM_UNAVAILABLE" });
  });

  it("that is answered with whole JSON instead, an error, fails with that error", async () => {
    await setUp(({ response }) => sendJson(response, { error: { message: "slow down", code: 429 } }));
    const { items, error } = await collect(bench.stream());
    expect(items).toEqual([]);
    expect(error).toMatchObject({ reason: "UPSTREAM_RATE_LIMITED", metadata: { provider: "acme" } });
    expect(bench.endings).toEqual([error]);
  });

  it("that is refused in whole JSON for its key goes on with the next key", async () => {
    await setUp(
      ({ headers, response }) =>
        headers.authorization === "Bearer revoked"
          ? sendJson(response, { error: { message: "no", type: "authentication_error" } })
          : sendStream(response, fixture("openai-stream.sse")),
      { keys: ["revoked", "two"] },
    );
    const { items, error } = await collect(bench.stream());
    expect(error).toBeUndefined();
    expect(contentOf(items)).toBe("Hello, wörld 🌍");
  });

  it.each([
    ["an answer", fixture("openai-chat.json")],
    ["nothing", ""],
    ["no JSON", "{oops"],
  ])("that is answered with whole JSON instead, %s, is broken", async (_what, body) => {
    await setUp(({ response }) => sendJson(response, body));
    const { items, error } = await collect(bench.stream());
    expect(items).toEqual([]);
    expect(error).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER", metadata: { provider: "acme" } });
  });

  it("that is refused at once fails before its first chunk", async () => {
    await setUp(({ response }) => sendJson(response, { error: { message: "full" } }, 429, { "retry-after-ms": "250" }));
    const { items, error } = await collect(bench.stream());
    expect(items).toEqual([]);
    expect(error).toMatchObject({ reason: "UPSTREAM_RATE_LIMITED", retryDelayMs: 250 });
  });

  it.each([
    ["sends no headers", () => undefined],
    ["sends only headers", ({ response }: Exchange) => beginStream(response)],
  ])("that %s ends with the first-token limit, and is hung up on", async (_what, script) => {
    await setUp(script);
    const arrived = bench.upstream.next();
    const collected = collect(bench.stream());
    const { hungUp } = await arrived;
    bench.clock.advance(30_000);
    const { error } = await collected;
    expect(error).toMatchObject({ reason: "UPSTREAM_TIMEOUT", metadata: { timeout: "first_token" } });
    await hungUp;
  });

  it("that stalls ends with the stall limit, and is hung up on", async () => {
    await setUp(({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi"));
    });
    const arrived = bench.upstream.next();
    const stream = bench.stream();
    expect(contentOf([(await stream.next()).value as never])).toBe("Hi");
    const failed = failureOf(stream.next());
    bench.clock.advance(20_000);
    expect(await failed).toMatchObject({ reason: "UPSTREAM_TIMEOUT", metadata: { timeout: "stall" } });
    await (await arrived).hungUp;
    expect(bench.endings).toHaveLength(1);
  });

  it("whose answer is whole but whose end never comes ends well", async () => {
    await setUp(({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi", "stop"));
    });
    const stream = bench.stream();
    await stream.next();
    const end = stream.next();
    bench.clock.advance(20_000);
    expect(await end).toEqual({ done: true, value: undefined });
    expect(bench.endings).toEqual(["completed"]);
  });

  it("that its caller cancels is hung up on at once, also while nobody reads it", async () => {
    await setUp(({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi"));
    });
    const arrived = bench.upstream.next();
    const stream = bench.stream();
    await stream.next();
    bench.cancel.abort();
    await (await arrived).hungUp;
    expect(await failureOf(stream.next())).toMatchObject({ reason: "CANCELLED" });
    expect(bench.endings).toMatchObject([{ reason: "CANCELLED" }]);
    expect(bench.clock.pendingCount()).toBe(0);
  });

  it("that its caller leaves is hung up on, and recorded once as abandoned", async () => {
    await setUp(({ response }) => {
      beginStream(response);
      response.write(contentEvent("Hi"));
    });
    const arrived = bench.upstream.next();
    for await (const chunk of bench.stream()) {
      expect(contentOf([chunk])).toBe("Hi");
      break;
    }
    await (await arrived).hungUp;
    expect(bench.endings).toEqual(["abandoned"]);
    expect(bench.clock.pendingCount()).toBe(0);
  });

  it("ends with the reason that its caller's signal gives", async () => {
    await setUp();
    const arrived = bench.upstream.next();
    const collected = collect(bench.stream());
    await arrived;
    const reason = new RpcError({ code: 4, reason: "DEADLINE_EXCEEDED", message: "too late" });
    bench.cancel.abort(reason);
    expect((await collected).error).toBe(reason);
  });
});
