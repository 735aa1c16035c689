import { request as httpRequest, type IncomingMessage } from "node:http";
import type { StreamCompleteResponse } from "@switchyard/contracts/router/v1/router";
import type { ChatChunk } from "@switchyard/contracts/type/v1/chat";
import type { RoutingReport } from "@switchyard/contracts/type/v1/routing";
import { type Call, RpcError, Status } from "@switchyard/rpc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aChunk, aReport, endChunk, textChunk, usageChunk } from "../testing/messages.ts";
import { serveGateway, type TestGateway } from "../testing/serve-gateway.ts";

const question = { model: "auto", messages: [{ role: "user" as const, content: "hi" }], stream: true as const };

const message = (chunk?: ChatChunk, routing?: RoutingReport): StreamCompleteResponse => ({ chunk, routing });

const broken = () =>
  new RpcError({ code: Status.UNAVAILABLE, reason: "UPSTREAM_BROKEN_ANSWER", message: "the answer broke off" });

describe("a streamed chat completion", () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await serveGateway();
  });
  afterEach(() => gateway.close());

  /** Scripts a stream: the decision first, the final report last. */
  function streamOf(...chunks: ChatChunk[]): void {
    gateway.script.stream = async function* () {
      yield message(undefined, aReport({ costUsdNanos: 0n, attempts: [] }));
      for (const chunk of chunks) yield message(chunk);
      yield message(undefined, aReport());
    };
  }

  const create = (more: object = {}) => gateway.client().chat.completions.create({ ...question, ...more });

  async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
    const seen: T[] = [];
    for await (const chunk of stream) seen.push(chunk);
    return seen;
  }

  it("reaches the official client, decision in the headers and report on the last chunk", async () => {
    streamOf(
      aChunk({ choices: [{ delta: { role: "ROLE_ASSISTANT" } }] }),
      textChunk("Hel"),
      textChunk("lo"),
      endChunk(),
      usageChunk(),
    );
    const { data, response } = await create().withResponse();
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(response.headers.get("x-switchyard-model")).toBe("qwen3-8b");
    expect(response.headers.get("x-request-id")).toBe("req-1");
    expect(response.headers.has("x-switchyard-cost-usd")).toBe(false);
    const chunks = await all(data);
    expect(chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("")).toBe("Hello");
    expect(chunks.every((chunk) => chunk.usage === undefined)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [{ finish_reason: "stop" }],
      switchyard: { cost_usd_nanos: 1_235 },
    });
  });

  it("ends with the usage where it was asked for", async () => {
    streamOf(textChunk("a"), endChunk(), usageChunk());
    const chunks = await all(await create({ stream_options: { include_usage: true } }));
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { total_tokens: 12 },
      switchyard: { request_id: "req-1" },
    });
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null]);
  });

  it("puts parallel tool calls together in the official client's helper", async () => {
    const piece = (index: number, fields: object) =>
      aChunk({ choices: [{ delta: { toolCalls: [{ index, ...fields }] } }] });
    streamOf(
      aChunk({ choices: [{ delta: { role: "ROLE_ASSISTANT" } }] }),
      piece(0, { id: "a", name: "f" }),
      piece(1, { id: "b", name: "g" }),
      piece(1, { arguments: '{"y":' }),
      piece(0, { arguments: '{"x":' }),
      piece(0, { arguments: "1}" }),
      piece(1, { arguments: "2}" }),
      endChunk("tool_calls"),
    );
    const { stream: _stream, ...rest } = question;
    const completion = await gateway.client().chat.completions.stream(rest).finalChatCompletion();
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([
      { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
      { id: "b", type: "function", function: { name: "g", arguments: '{"y":2}' } },
    ]);
  });

  it("has the form of server-sent events and ends with [DONE]", async () => {
    streamOf(textChunk("line\nbreak"), endChunk());
    const text = await (await gateway.post("/v1/chat/completions", JSON.stringify(question))).text();
    const events = text.split("\n\n");
    expect(events.pop()).toBe("");
    expect(events.pop()).toBe("data: [DONE]");
    expect(events).toHaveLength(2);
    for (const event of events) expect(JSON.parse(event.slice("data: ".length))).toHaveProperty("choices");
  });

  it("fails as an ordinary answer until the first chunk", async () => {
    gateway.script.stream = async function* () {
      yield message(undefined, aReport());
      throw new RpcError({ code: Status.UNAVAILABLE, reason: "ALL_CANDIDATES_FAILED", message: "none answered" });
    };
    await expect(create()).rejects.toMatchObject({ status: 503, code: "all_candidates_failed" });
  });

  it("fails where the router ends without a chunk", async () => {
    streamOf();
    await expect(create()).rejects.toMatchObject({ status: 503, code: "upstream_broken_answer" });
  });

  it("makes the official client throw when it breaks off", async () => {
    gateway.script.stream = async function* () {
      yield message(textChunk("Hel"), aReport());
      throw broken();
    };
    const seen: unknown[] = [];
    const read = async () => {
      for await (const chunk of await create()) seen.push(chunk);
    };
    await expect(read()).rejects.toMatchObject({
      code: "upstream_broken_answer",
      error: { switchyard: { reason: "UPSTREAM_BROKEN_ANSWER" } },
    });
    expect(seen).toHaveLength(1);
  });

  it("looks whole to no reader when it breaks off, not even with its end held back", async () => {
    gateway.script.stream = async function* () {
      yield message(textChunk("Hel"), aReport());
      yield message(endChunk());
      throw broken();
    };
    const { text, isComplete } = await rawRead(gateway.url);
    expect(text).toContain('"error":{"message":"the answer broke off"');
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(isComplete).toBe(false);
  });

  it("cancels the router's call when the caller goes away", async () => {
    const gone = Promise.withResolvers<void>();
    gateway.script.stream = async function* (_request: unknown, { signal }: Call) {
      signal.addEventListener("abort", () => gone.resolve());
      yield message(textChunk("a"), aReport());
      await new Promise(() => undefined);
    };
    for await (const _chunk of await create()) break;
    await gone.promise;
  });

  it("pulls no more than a caller takes that does not read", async () => {
    const large = "x".repeat(64 * 1024);
    let pulled = 0;
    const gone = Promise.withResolvers<void>();
    gateway.script.stream = async function* (_request: unknown, { signal }: Call) {
      signal.addEventListener("abort", () => gone.resolve());
      for (; pulled < 10_000; pulled += 1) yield message(textChunk(large), aReport());
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
      });
      request.on("response", resolve).on("error", reject).end(JSON.stringify(question));
    });
    let before = -1;
    while (pulled > before) {
      before = pulled;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(pulled).toBeLessThan(1_000);
    response.destroy();
    await gone.promise;
  });

  it("ends with an error when its time runs out while it streams", async () => {
    await gateway.close();
    gateway = await serveGateway({ requestTimeoutMs: 200 });
    gateway.script.stream = async function* () {
      yield message(textChunk("a"), aReport());
      await new Promise(() => undefined);
    };
    await expect(all(await create())).rejects.toMatchObject({ code: "deadline_exceeded" });
  });
});

/** Reads an answer to its end, and whether HTTP says that it was whole. */
function rawRead(url: string): Promise<{ text: string; isComplete: boolean }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("error", () => undefined);
      response.on("close", () => resolve({ text, isComplete: response.complete }));
    });
    request.on("error", reject).end(JSON.stringify(question));
  });
}
