import { closeRedis, connectRedis, type Redis, untilReady } from "@switchyard/redis";
import { type BreakableLine, breakableLine, type RedisServer, startRedis } from "@switchyard/redis/testing";
import { outcomeStoreContract } from "@switchyard/service-router/outcome-store.contract";
import { createRedisOutcomeStore } from "@switchyard/service-router/redis-outcome-store";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const limits = { keepMs: 60_000, maxRequests: 5, maxVersions: 3, maxPerCell: 8 };

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterEach(() => server.flush());
afterAll(() => server.stop());

async function connected(url: string): Promise<Redis> {
  const redis = connectRedis({ url, onError: () => undefined });
  await untilReady(redis, 5_000);
  return redis;
}

outcomeStoreContract("redis", () => {
  let redis: Redis;
  return {
    async open() {
      redis = await connected(server.url);
      return createRedisOutcomeStore(redis, limits);
    },
    close: () => closeRedis(redis),
  };
});

describe("the redis store of outcomes", () => {
  it("lets Redis itself forget requests and what was judged", async () => {
    const redis = await connected(server.url);
    const store = createRedisOutcomeStore(redis, limits);
    const request = { tenant: "acme", model: "small", task: "TASK_CHAT" as const, prior: 0.9 };
    await store.keep([{ ...request, requestId: "r1", target: 0.9, chain: [] }]);
    await store.record({ ...request, requestId: "r1", source: "user", score: 1, weight: 1 });
    const keys = await redis.keys("switchyard:{outcomes}:*[[]*");
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(50_000);
    await closeRedis(redis);
  });

  it("says that it cannot be reached", async () => {
    const line: BreakableLine = await breakableLine(server.url);
    const redis = await connected(line.url);
    const store = createRedisOutcomeStore(redis, limits);
    line.cut();
    await vi.waitUntil(() => redis.status !== "ready");
    await expect(store.tables()).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    await expect(store.find("acme", "r1")).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    await closeRedis(redis);
    await line.close();
  });
});
