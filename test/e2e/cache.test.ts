import {
  CompleteRequest,
  InvalidateCacheRequest,
  ReportBadHitRequest,
  StreamCompleteRequest,
} from "@switchyard/contracts/router/v1/router";
import type { ChatChunk } from "@switchyard/contracts/type/v1/chat";
import type { RoutingReport } from "@switchyard/contracts/type/v1/routing";
import type { RpcError } from "@switchyard/rpc";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "./network/config.ts";
import { shapes, startNetwork, type TestNetwork, withKey } from "./network/test-network.ts";

// Slow enough to be joined and interrupted while it writes.
const slow = { firstTokenMs: 300, tokensPerSecond: 80 };

const chat = (text: string, more: object = {}) => ({
  chat: {
    model: "gpt-4o",
    messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
    ...more,
  },
});

const textOf = (chunks: readonly ChatChunk[]) => chunks.map(({ choices }) => choices[0]?.delta?.content ?? "").join("");

/** Reads a stream as it comes. */
function reading(router: TestNetwork["router"], text: string, more: object = {}) {
  const chunks: ChatChunk[] = [];
  let routing: RoutingReport | undefined;
  const done = (async () => {
    for await (const news of router.streamComplete(StreamCompleteRequest.fromPartial(chat(text, more)), withKey())) {
      if (news.chunk) chunks.push(news.chunk);
      routing = news.routing ?? routing;
    }
  })().then(
    () => undefined,
    (error: unknown) => error as RpcError,
  );
  return {
    chunks,
    text: () => textOf(chunks),
    finish: () => chunks.map(({ choices }) => choices[0]?.finishReason ?? "").join(""),
    routing: () => routing,
    done,
  };
}

const weather = {
  name: "get_weather",
  description: "The weather of a city",
  parametersJson: '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
};

describe.each(shapes)("the cache of a %s platform", (shape) => {
  let network: TestNetwork;
  beforeAll(async () => {
    network = await startNetwork({ shape, pace: slow, simulator: { recordRequests: true }, routerReplicas: 2 });
  });
  afterAll(() => network?.stop());

  const askedOf = (text: string) =>
    network.simulator.requests().filter(({ body }) => JSON.stringify(body).includes(text)).length;
  const routerOf = (index: number) => network.routers[index % network.routers.length] ?? network.router;

  it("lets equal requests in flight cost one call of the provider, whichever router they come to", async () => {
    const text = "Count the bridges of Venice in one sentence.";
    const request = CompleteRequest.fromPartial(chat(text));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => routerOf(index).complete(request, withKey())),
    );
    expect(askedOf("bridges of Venice")).toBe(1);
    const verdicts = answers.map(({ routing }) => routing?.cacheVerdict).toSorted();
    expect(verdicts).toEqual([...Array(9).fill("CACHE_VERDICT_COALESCED"), "CACHE_VERDICT_MISS"]);
    expect(new Set(answers.map(({ response }) => response?.id)).size).toBe(1);
    const costs = answers.map(({ routing }) => routing?.costUsdNanos ?? 0n).toSorted();
    expect(costs.slice(0, 9)).toEqual(Array(9).fill(0n));
    expect(new Set(answers.map(({ routing }) => routing?.baselineCostUsdNanos)).size).toBe(1);

    const { routing } = await network.router.complete(request, withKey());
    expect(routing?.cacheVerdict).toBe("CACHE_VERDICT_EXACT_HIT");
    await expect
      .poll(async () => {
        const { entries } = await network.budget.listLedger({ tenant: "acme", afterSequence: 0n, pageSize: 1_000 });
        const ids = new Set(answers.map((answer) => answer.routing?.requestId));
        return entries.filter(({ requestId }) => ids.has(requestId)).length;
      })
      .toBe(10);
  });

  it("hands a stream on as it grows, with its end and usage", async () => {
    const text = "Tell of the lighthouse of Alexandria in detail.";
    const leader = reading(routerOf(0), text);
    await expect.poll(() => leader.text().length, { timeout: 5_000 }).toBeGreaterThan(0);
    const follower = reading(routerOf(1), text);
    await expect.poll(() => follower.text().length, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(leader.finish()).toBe("");
    expect([await leader.done, await follower.done]).toEqual([undefined, undefined]);
    expect(follower.chunks).toEqual(leader.chunks);
    expect(follower.routing()).toMatchObject({
      cacheVerdict: "CACHE_VERDICT_COALESCED",
      model: "gpt-4o",
      costUsdNanos: 0n,
      baselineCostUsdNanos: leader.routing()?.baselineCostUsdNanos,
    });
    expect(askedOf("lighthouse of Alexandria")).toBe(1);
  });

  it("goes on for those who follow when the caller who asked first goes away", async () => {
    const body = {
      model: "gpt-4o",
      messages: [{ role: "user" as const, content: "Describe the gardens of Babylon in detail." }],
      stream: true as const,
    };
    const client = new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.acme, maxRetries: 0 });
    const first = await client.chat.completions.create(body);
    const follower = reading(routerOf(1), body.messages[0]?.content ?? "");
    await expect.poll(() => follower.text().length, { timeout: 5_000 }).toBeGreaterThan(0);
    for await (const _chunk of first) break;
    first.controller.abort();
    expect(await follower.done).toBeUndefined();
    expect(follower.finish()).not.toBe("");
    expect(askedOf("gardens of Babylon")).toBe(1);
    expect(network.simulator.served().filter(({ aborted }) => aborted)).toEqual([]);
  });

  it("replays a stream with tool calls and usage as a stream", async () => {
    const more = { tools: [weather], toolChoice: { choice: { $case: "function" as const, value: "get_weather" } } };
    const first = reading(network.router, "What is the weather in Samarkand?", more);
    expect(await first.done).toBeUndefined();
    expect(first.finish()).toMatch(/tool_calls|stop/);
    const assembled = (chunks: readonly ChatChunk[]) =>
      chunks
        .flatMap(({ choices }) => choices.flatMap(({ delta }) => delta?.toolCalls ?? []))
        .map(({ name, arguments: text }) => name + text)
        .join("");
    expect(assembled(first.chunks)).toContain("get_weather");
    await expect
      .poll(async () => {
        const again = reading(network.router, "What is the weather in Samarkand?", more);
        await again.done;
        return [again.routing()?.cacheVerdict, assembled(again.chunks), again.finish(), again.chunks.at(-1)?.usage];
      })
      .toEqual(["CACHE_VERDICT_EXACT_HIT", assembled(first.chunks), first.finish(), first.chunks.at(-1)?.usage]);
  });

  describe("for a request that means the same as one before", () => {
    const asked = "How do I reset my password?";
    const same = "How can I reset my password?";
    const client = () => new OpenAI({ baseURL: `${network.httpUrl}/v1`, apiKey: keys.acme, maxRetries: 0 });
    const overHttp = (content: string) =>
      client()
        .chat.completions.create(
          { model: "gpt-4o", messages: [{ role: "user", content }] },
          { headers: { "x-switchyard-cache-tags": "help, accounts" } },
        )
        .withResponse();
    const overGrpc = async (text: string) =>
      (await network.router.complete(CompleteRequest.fromPartial(chat(text)), withKey())).routing;

    it("answers over HTTP and gRPC, and says how likely the answer is right", async () => {
      const { data } = await overHttp(asked);
      // Answers are kept after they were given; asked too early, the other wording would be kept for itself.
      await expect.poll(async () => (await overGrpc(asked))?.cacheVerdict).toBe("CACHE_VERDICT_EXACT_HIT");
      const hit = await overHttp(same);
      expect(hit.data.choices).toEqual(data.choices);
      const { switchyard } = hit.data as unknown as { switchyard: Record<string, unknown> };
      expect(switchyard).toMatchObject({ cache: "hit-semantic", cost_usd: 0 });
      expect(switchyard.cache_hit_probability).toBeGreaterThan(0.9);
      expect(hit.response.headers.get("x-switchyard-cache-entry-id")).toBe(switchyard.cache_entry_id);
      const routing = await overGrpc(same);
      expect(routing).toMatchObject({ cacheVerdict: "CACHE_VERDICT_SEMANTIC_HIT", costUsdNanos: 0n });
      expect(routing?.cacheEntryId).not.toBe("");
    });

    it("never answers another tenant", async () => {
      const { routing } = await network.router.complete(CompleteRequest.fromPartial(chat(same)), withKey("globex"));
      expect(routing?.cacheVerdict).toBe("CACHE_VERDICT_MISS");
    });

    it("forgets an answer that is reported as wrong", async () => {
      const routing = await overGrpc(same);
      const report = ReportBadHitRequest.fromPartial({ cacheEntryId: routing?.cacheEntryId ?? "" });
      expect(await network.router.reportBadHit(report, withKey("globex")).catch(() => ({ removed: false }))).toEqual({
        removed: false,
      });
      expect(await network.router.reportBadHit(report, withKey())).toEqual({ removed: true });
      expect((await overGrpc(asked))?.cacheVerdict).toBe("CACHE_VERDICT_MISS");
    });

    it("forgets what is marked", async () => {
      const fresh = "Which documents does a passport need?";
      await overHttp(fresh);
      await expect.poll(async () => (await overGrpc(fresh))?.cacheVerdict).toBe("CACHE_VERDICT_EXACT_HIT");
      const remove = (body: object, key: keyof typeof keys) =>
        fetch(`${network.httpUrl}/v1/switchyard/cache/invalidate`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${keys[key]}` },
          body: JSON.stringify(body),
        });
      expect(await (await remove({ tags: ["help"] }, "globex")).json()).toEqual({ removed: 0 });
      expect((await remove({ tags: ["help"] }, "free")).status).toBe(403);
      expect(await (await remove({ tags: ["help"] }, "acme")).json()).toMatchObject({ removed: expect.any(Number) });
      expect((await overGrpc(fresh))?.cacheVerdict).toBe("CACHE_VERDICT_MISS");
      const everything = InvalidateCacheRequest.fromPartial({ everything: true });
      await expect
        .poll(async () => Number((await network.router.invalidateCache(everything, withKey())).removed))
        .toBeGreaterThan(0);
    });
  });
});

describe("a router that is killed while others wait for its answer", () => {
  let network: TestNetwork;
  beforeAll(async () => {
    network = await startNetwork({
      shape: "networked",
      pace: { firstTokenMs: 300, tokensPerSecond: 25 },
      simulator: { recordRequests: true },
      routerReplicas: 2,
    });
  });
  afterAll(() => network?.stop());

  it("leaves those who follow with an answer that another model went on with, or a clear error", async () => {
    const text = "Write about the colossus of Rhodes in detail.";
    const [killed, alive] = network.routers as [TestNetwork["router"], TestNetwork["router"]];
    const leader = reading(killed, text);
    await expect.poll(() => leader.text().length, { timeout: 5_000 }).toBeGreaterThan(0);
    const followers = Array.from({ length: 3 }, () => reading(alive, text));
    const whole = alive.complete(CompleteRequest.fromPartial(chat(text)), withKey());
    await expect.poll(() => followers.every((one) => one.text() !== ""), { timeout: 5_000 }).toBe(true);
    const before = followers.map((one) => one.text());
    expect(leader.finish()).toBe("");
    await network.processes.router?.kill();
    expect(await leader.done).toBeDefined();
    for (const [index, follower] of followers.entries()) {
      const error = await follower.done;
      expect(follower.text().startsWith(before[index] ?? "")).toBe(true);
      if (error) expect(error.reason).toBe("UPSTREAM_BROKEN_ANSWER");
      else expect(follower.finish()).not.toBe("");
    }
    const endings = followers.map((follower) => {
      const { cacheVerdict, continuations = [], attempts = [] } = follower.routing() ?? {};
      return { cacheVerdict, continued: continuations.map(({ method }) => method), attempts: attempts.length };
    });
    expect(endings).toEqual(Array(3).fill({ cacheVerdict: "CACHE_VERDICT_MISS", continued: ["prompt"], attempts: 1 }));
    const { response, routing } = await whole;
    expect(response?.choices[0]?.finishReason).not.toBe("");
    expect(routing?.cacheVerdict).toBe("CACHE_VERDICT_MISS");
  });
});
