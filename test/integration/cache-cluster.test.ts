import { parseConfig } from "@switchyard/config";
import {
  CacheServiceDefinition,
  InvalidateRequest,
  LookupRequest,
  StoreRequest,
} from "@switchyard/contracts/cache/v1/cache";
import { type Cluster, closeRedis, connectRedis, tenantKey, untilReady } from "@switchyard/redis";
import { type RedisCluster, startRedisCluster, startRedisSentinel } from "@switchyard/redis/testing";
import { connect } from "@switchyard/rpc";
import { createCacheApp } from "@switchyard/service-cache";
import { cacheStoreContract } from "@switchyard/service-cache/cache-store.contract";
import { createRedisCacheStore } from "@switchyard/service-cache/redis-cache-store";
import { answer, chatRequest, textPart } from "@switchyard/service-cache/testing";
import { createLogger } from "@switchyard/telemetry";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

let servers: RedisCluster;
/** Beside the store's own connection. */
let cluster: Cluster;

const connected = async () => {
  const client = connectRedis({ cluster: { nodes: servers.nodes }, onError: () => undefined }) as Cluster;
  expect(await untilReady(client, 10_000)).toBe(true);
  return client;
};

beforeAll(async () => {
  servers = await startRedisCluster();
  cluster = await connected();
});
afterEach(async () => {
  await Promise.all(cluster.nodes("master").map((node) => node.flushall()));
});
afterAll(async () => {
  await closeRedis(cluster);
  await servers.stop();
});

const keysByMaster = (pattern: string) => Promise.all(cluster.nodes("master").map((node) => node.keys(pattern)));
const entryKeys = async () => (await keysByMaster("switchyard:{*:entry:*")).flat();

cacheStoreContract("redis cluster", () => {
  let connection: Cluster;
  return {
    async open(options) {
      connection = await connected();
      return createRedisCacheStore(connection, options);
    },
    count: async () => (await entryKeys()).length,
    countMeanings: async (tenant, partition) =>
      Number(await cluster.call("VCARD", `switchyard:{${tenant}:${partition}}:cache-2:near`)),
    async damage(damage) {
      for (const key of await entryKeys()) {
        await cluster.set(key, damage((await cluster.getBuffer(key)) as Buffer), "KEEPTTL");
      }
    },
    async breakDown() {
      connection.disconnect();
      await vi.waitUntil(() => connection.status !== "ready");
    },
    close: () => closeRedis(connection),
  };
});

describe("the cache in a Redis Cluster", () => {
  it("spreads the partitions of a tenant, and keeps its entries together", async () => {
    const store = createRedisCacheStore(await connected(), { maxEntryBytes: 1_000 });
    const nowMs = Date.now();
    const vector = Float32Array.of(1, 0, 0, 0);
    for (let index = 0; index < 24; index++) {
      const meaning = { partition: `p-${index}`, vector, text: "text" };
      const place = { name: `n-${index}`, requestDigest: "", ttlMs: 50_000, meaning };
      await store.put("acme", [place], { answer: answer("a"), storedAtMs: nowMs }, nowMs);
    }
    const vectorSets = await keysByMaster("switchyard:{acme:*");
    expect(vectorSets.flat()).toHaveLength(24);
    for (const own of vectorSets) expect(own.length).toBeGreaterThan(0);
    const entries = await keysByMaster(`${tenantKey("acme")}:*`);
    expect(entries.filter((own) => own.length > 0)).toHaveLength(1);
    expect(await store.removeAll("acme", { tags: [], model: "" })).toBe(24);
    expect((await keysByMaster("switchyard:{acme:*")).flat()).toEqual([]);
    await store.close();
  });
});

describe("the cache service", () => {
  /** Keeps an answer, finds it by the same request and by one that means the same, and removes it. */
  const keepFindAndRemove = async (redis: string) => {
    const text = `
router: { baselineModel: m }
providers: { p: { baseUrl: "http://127.0.0.1:1", keys: [{ env: KEY }] } }
models: [{ id: m, providers: [p], tier: economy, contextWindow: 1, maxOutputTokens: 1, prices: { input: 1, output: 1 } }]
cache: { store: redis, semantic: { mode: cosine, minCosine: 0.6 } }
redis: ${redis}`;
    const app = await createCacheApp(parseConfig(text, { environment: {}, folder: "." }), {
      logger: createLogger("test", "silent"),
    });
    try {
      const { client } = connect(CacheServiceDefinition, { inProcess: app.service, onUnforeseen: () => undefined });
      const ask = (words: string) => {
        const messages = [{ role: "ROLE_USER" as const, content: [textPart(words)] }];
        return client.lookup(LookupRequest.create({ chat: chatRequest({ messages }), caller: { tenant: "acme" } }));
      };
      const { tickets } = await ask("What is the capital of France?");
      await client.store(StoreRequest.create({ tickets, answer: answer("Paris") }));
      const same = await ask("What is the capital of France?");
      const alike = await ask("Please tell me: what is the capital city of France?");
      await client.invalidate(InvalidateRequest.create({ tenant: "acme", model: answer("").model }));
      const after = await ask("Please tell me: what is the capital city of France?");
      return [same, alike, after].map(({ verdict }) => verdict);
    } finally {
      await app.close();
    }
  };
  const expected = ["CACHE_VERDICT_EXACT_HIT", "CACHE_VERDICT_SEMANTIC_HIT", "CACHE_VERDICT_MISS"];

  it("keeps its answers in a cluster", async () => {
    const nodes = servers.nodes.map((node) => `"${node}"`);
    expect(await keepFindAndRemove(`{ cluster: { nodes: [${nodes}] } }`)).toEqual(expected);
  });

  it("keeps its answers at the master that Sentinels name", async () => {
    const sentinel = await startRedisSentinel();
    try {
      const { master, sentinels } = sentinel;
      const place = `{ sentinel: { master: ${master}, sentinels: [${sentinels.map((address) => `"${address}"`)}] } }`;
      expect(await keepFindAndRemove(place)).toEqual(expected);
    } finally {
      await sentinel.stop();
    }
  });
});
