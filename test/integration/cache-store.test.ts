import { parseConfig } from "@switchyard/config";
import { CacheServiceDefinition, LookupRequest, StoreRequest } from "@switchyard/contracts/cache/v1/cache";
import { closeRedis, connectRedis, type Redis, tenantKey, untilReady } from "@switchyard/redis";
import { type BreakableLine, breakableLine, type RedisServer, startRedis } from "@switchyard/redis/testing";
import { type Client, connect, Status } from "@switchyard/rpc";
import { type CacheApp, createCacheApp } from "@switchyard/service-cache";
import { cacheStoreContract } from "@switchyard/service-cache/cache-store.contract";
import type { CacheStore } from "@switchyard/service-cache/ports";
import { createRedisCacheStore } from "@switchyard/service-cache/redis-cache-store";
import { answer, chatRequest } from "@switchyard/service-cache/testing";
import { createLogger } from "@switchyard/telemetry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

let server: RedisServer;
/** Beside the store's own connection. */
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, onError: () => undefined });
  await untilReady(redis, 5_000);
});
afterEach(() => server.flush());
afterAll(async () => {
  await closeRedis(redis);
  await server.stop();
});

const entryKeys = () => redis.keys("switchyard:{*:entry:*");

cacheStoreContract("redis", () => {
  let line: BreakableLine;
  let connection: Redis;
  return {
    async open(options) {
      line = await breakableLine(server.url);
      connection = connectRedis({ url: line.url, onError: () => undefined });
      await untilReady(connection, 5_000);
      return createRedisCacheStore(connection, options);
    },
    count: async () => (await entryKeys()).length,
    countMeanings: async (tenant, partition) =>
      Number(await redis.call("VCARD", `switchyard:{${tenant}:${partition}}:cache-2:near`)),
    async damage(damage) {
      for (const key of await entryKeys()) {
        await redis.set(key, damage((await redis.getBuffer(key)) as Buffer), "KEEPTTL");
      }
    },
    async breakDown() {
      line.cut();
      await vi.waitUntil(() => connection.status !== "ready");
    },
    async close() {
      await closeRedis(connection);
      await line.close();
    },
  };
});

describe("the redis cache store", () => {
  it("lets Redis itself forget what has expired", async () => {
    const store = createRedisCacheStore(redis.duplicate({ lazyConnect: false }), { maxEntryBytes: 1_000 });
    await vi.waitUntil(() => store.isReady());
    const nowMs = Date.now();
    const place = { name: "exact-a", requestDigest: "", ttlMs: 50_000 };
    await store.put("acme", [place], { answer: answer("a"), storedAtMs: nowMs }, nowMs);
    expect(await redis.pttl(tenantKey("acme", "cache-2", "entry", "exact-a"))).toBeGreaterThan(40_000);
    await store.close();
  });

  describe("with meanings", () => {
    let store: CacheStore;
    const nowMs = Date.now();
    const vector = Float32Array.of(1, 0, 0, 0);
    const vectorsKey = "switchyard:{acme:p}:cache-2:near";
    const entryKey = (name: string) => tenantKey("acme", "cache-2", "entry", name);
    const put = (name: string, atMs = nowMs) => {
      const meaning = { partition: "p", vector, text: name };
      const place = { name, requestDigest: "", ttlMs: 50_000, meaning, tags: ["t"] };
      return store.put("acme", [place], { answer: answer(name), storedAtMs: atMs }, atMs);
    };
    const near = (atMs = nowMs) => store.nearest("acme", { partition: "p", vector }, 8, atMs);
    const vectorCount = async () => Number(await redis.call("VCARD", vectorsKey));

    beforeEach(async () => {
      store = createRedisCacheStore(redis.duplicate({ lazyConnect: false }), { maxEntryBytes: 1_000 });
      await vi.waitUntil(() => store.isReady());
    });
    afterEach(() => store.close());

    it("lets a vector go whose entry Redis has evicted, once it is met", async () => {
      await put("gone");
      await put("here");
      await redis.unlink(entryKey("gone"));
      expect(await near()).toHaveLength(2);
      expect(await store.get("acme", ["gone", "here"], nowMs)).toMatchObject([undefined, {}]);
      await vi.waitUntil(async () => (await vectorCount()) === 1);
      expect(await near()).toMatchObject([{ name: "here" }]);
    });

    it("keeps the vector of an entry that was put again since it was met", async () => {
      await put("a");
      await near();
      await put("a", nowMs + 1);
      await redis.unlink(entryKey("a"));
      await store.get("acme", ["a"], nowMs);
      // What follows on this connection comes after what the store sent.
      expect(await near(nowMs + 1)).toHaveLength(1);
      await store.get("acme", ["a"], nowMs);
      await vi.waitUntil(async () => (await vectorCount()) === 0);
    });

    it("leaves nothing that does not end by itself", async () => {
      await put("a");
      const keys = await redis.keys("switchyard:{acme*");
      expect(keys).toHaveLength(6);
      for (const key of keys) {
        const leftMs = await redis.pttl(key);
        expect(leftMs, key).toBeGreaterThan(40_000);
        expect(leftMs, key).toBeLessThanOrEqual(50_000);
      }
    });

    it("lets names of ended entries leave the indexes, and vectors their set, as new answers come", async () => {
      for (let index = 0; index < 40; index++) await put(`old-${index}`, nowMs - 50_000);
      for (let index = 0; index < 40; index++) await put(`new-${index}`);
      for (const index of ["model:qwen3-8b", "tag:t"]) {
        expect(await redis.zcard(tenantKey("acme", "cache-2", ...index.split(":")))).toBe(40);
      }
      expect(await vectorCount()).toBeLessThan(60);
    });

    it("searches in one command", async () => {
      const connection = redis.duplicate({ lazyConnect: false });
      const other = createRedisCacheStore(connection, { maxEntryBytes: 1_000 });
      await vi.waitUntil(() => other.isReady());
      await other.nearest("acme", { partition: "p", vector }, 8, nowMs);
      const sent = vi.spyOn(connection, "sendCommand");
      await other.nearest("acme", { partition: "p", vector }, 8, nowMs);
      expect(sent).toHaveBeenCalledOnce();
      await other.close();
    });

    it("goes on without vectors where Redis lost its scripts or a key is another's", async () => {
      await put("a");
      await redis.script("FLUSH");
      expect(await near()).toHaveLength(1);
      await redis.set(vectorsKey, "no vector set");
      await expect(near()).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
      expect((await store.get("acme", ["a"], nowMs))[0]?.answer).toEqual(answer("a"));
    });
  });

  it("asks for all names in one command", async () => {
    const connection = redis.duplicate({ lazyConnect: false });
    const sent = vi.spyOn(connection, "sendCommand");
    const store = createRedisCacheStore(connection, { maxEntryBytes: 1_000 });
    await vi.waitUntil(() => store.isReady());
    sent.mockClear();
    await store.get("acme", ["exact-a", "replay-a"], Date.now());
    expect(sent).toHaveBeenCalledOnce();
    await store.close();
  });
});

describe("the redis cache store where Redis has too little memory", () => {
  let small: RedisServer;
  let connection: Redis;

  beforeAll(async () => {
    small = await startRedis({ settings: { maxmemory: "6mb", "maxmemory-policy": "allkeys-lru" } });
    connection = connectRedis({ url: small.url, onError: () => undefined });
    await untilReady(connection, 5_000);
  });
  afterAll(async () => {
    await closeRedis(connection);
    await small.stop();
  });

  it("goes on, finds what was kept last, and never names for long what was evicted", async () => {
    const store = createRedisCacheStore(connection.duplicate({ lazyConnect: false }), { maxEntryBytes: 10_000 });
    await vi.waitUntil(() => store.isReady());
    const nowMs = Date.now();
    const vector = Float32Array.of(1, 0, 0, 0);
    for (let index = 0; index < 2_000; index++) {
      const meaning = { partition: `p-${index % 10}`, vector, text: `text ${index}` };
      const place = { name: `n-${index}`, requestDigest: "", ttlMs: 50_000, meaning, tags: ["t"] };
      await store.put("acme", [place], { answer: answer("x".repeat(5_000)), storedAtMs: nowMs }, nowMs);
    }
    expect((await store.get("acme", ["n-1999"], nowMs))[0]).toBeDefined();
    const namedWithoutEntry = async () => {
      const near = await store.nearest("acme", { partition: "p-9", vector }, 200, nowMs);
      const names = near.map(({ name }) => name);
      const found = await store.get("acme", names.length > 0 ? names : ["none"], nowMs);
      return names.filter((_, index) => !found[index]).length;
    };
    await vi.waitUntil(async () => (await namedWithoutEntry()) === 0, { timeout: 20_000 });
    const left = await store.removeAll("acme", { tags: ["t"], model: "" });
    if (!small.given) expect(left).toBeLessThan(2_000);
    await store.close();
  });
});

describe("the cache service with Redis", () => {
  let line: BreakableLine;
  let app: CacheApp;
  let cache: Client<CacheServiceDefinition>;

  const start = async (url: string) => {
    const config = parseConfig(
      `
router: { baselineModel: m }
providers: { p: { baseUrl: "http://127.0.0.1:1", keys: [{ env: KEY }] } }
models: [{ id: m, providers: [p], tier: economy, contextWindow: 1, maxOutputTokens: 1, prices: { input: 1, output: 1 } }]
cache: { store: redis }
redis: { url: { env: URL } }`,
      { environment: { URL: url }, folder: "." },
    );
    app = await createCacheApp(config, { logger: createLogger("test", "silent") });
    const onUnforeseen = (_method: string, error: Error) => expect.fail(String(error.cause));
    cache = connect(CacheServiceDefinition, { inProcess: app.service, onUnforeseen }).client;
  };
  const lookup = (fields: Parameters<typeof LookupRequest.create>[0] = {}) =>
    cache.lookup(LookupRequest.create({ chat: chatRequest(), caller: { tenant: "acme", user: "ann" }, ...fields }));

  beforeEach(async () => {
    line = await breakableLine(server.url);
  });
  afterEach(async () => {
    await app.close();
    await line.close();
  });

  it("recalls, replays and keeps tenants apart", async () => {
    await start(line.url);
    const { tickets } = await lookup({ idempotencyKey: "k" });
    expect(await cache.store(StoreRequest.create({ tickets, answer: answer("Paris") }))).toMatchObject({
      stored: true,
    });
    expect(await lookup()).toMatchObject({ verdict: "CACHE_VERDICT_EXACT_HIT", answer: answer("Paris") });
    expect(await lookup({ idempotencyKey: "k" })).toMatchObject({ verdict: "CACHE_VERDICT_REPLAY" });
    expect(await lookup({ caller: { tenant: "other" } })).toMatchObject({ verdict: "CACHE_VERDICT_MISS" });
    await expect(lookup({ idempotencyKey: "k", scope: "other" })).rejects.toMatchObject({
      code: Status.ALREADY_EXISTS,
    });
  });

  it("is unavailable and not ready while Redis is away, and recovers by itself", async () => {
    await start(line.url);
    const { tickets } = await lookup();
    expect(app.isReady()).toBe(true);
    line.cut();
    await vi.waitUntil(() => !app.isReady());
    const unavailable = { code: Status.UNAVAILABLE, reason: "SERVICE_UNAVAILABLE" };
    await expect(lookup()).rejects.toMatchObject(unavailable);
    await expect(cache.store(StoreRequest.create({ tickets, answer: answer("x") }))).rejects.toMatchObject(unavailable);
    line.mend();
    await vi.waitUntil(() => app.isReady(), { timeout: 10_000 });
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("starts while Redis is away", async () => {
    line.cut();
    await start(line.url);
    expect(app.isReady()).toBe(false);
    await expect(lookup()).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    line.mend();
    await vi.waitUntil(() => app.isReady(), { timeout: 10_000 });
    expect((await lookup()).verdict).toBe("CACHE_VERDICT_MISS");
  });
});
