import { setTimeout } from "node:timers/promises";
import { ChatChunk } from "@switchyard/contracts/type/v1/chat";
import { closeRedis, connectRedis, type RedisClient, untilReady } from "@switchyard/redis";
import {
  type BreakableLine,
  breakableLine,
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from "@switchyard/redis/testing";
import { Status } from "@switchyard/rpc";
import { feedbackContract } from "@switchyard/service-cache/feedback.contract";
import { flightsContract } from "@switchyard/service-cache/flights.contract";
import { createRedisFeedback } from "@switchyard/service-cache/redis-feedback";
import { createRedisFlights } from "@switchyard/service-cache/redis-flights";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

let server: RedisServer;
const onError = () => undefined;

beforeAll(async () => {
  server = await startRedis();
});
afterEach(() => server.flush());
afterAll(() => server.stop());

flightsContract("redis", () => flightsOn(() => connectRedis({ url: server.url, onError })));

feedbackContract("redis", () => {
  const connections: RedisClient[] = [];
  const connection = async () => {
    const redis = connectRedis({ url: server.url, onError });
    connections.push(redis);
    await untilReady(redis, 5_000);
    return redis;
  };
  return {
    open: async () => createRedisFeedback(await connection()),
    async outlive() {
      const redis = await connection();
      for (const key of await redis.keys("switchyard:*")) {
        expect(await redis.pttl(key)).toBeGreaterThan(0);
        await redis.pexpire(key, 0);
      }
    },
    async close() {
      await Promise.all(connections.map(closeRedis));
    },
  };
});

describe("flights in a cluster", () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  flightsContract("redis cluster", () => flightsOn(() => connectRedis({ cluster: { nodes: cluster.nodes }, onError })));
});

it("flights whose news Redis has evicted end silently, without a gap", async () => {
  const redis = connectRedis({ url: server.url, onError });
  await untilReady(redis, 5_000);
  const flights = createRedisFlights(redis, () => connectRedis({ url: server.url, onError }));
  const place = { tenant: "acme", name: "exact-a" };
  const { id, lease = "" } = await flights.join(place, 60_000);
  const news = (chunks: string[]) => ({
    ...{ author: undefined, end: undefined },
    chunks: chunks.map((text) => ChatChunk.create({ id: text })),
  });
  await flights.publish(place, lease, 60_000, news(["a"]));
  await redis.del(await redis.keys("*flight-news*"));
  const heard: string[] = [];
  const over = (async () => {
    for await (const { chunks } of flights.follow(place, id, 60_000, new AbortController().signal)) {
      heard.push(...chunks.map((chunk) => chunk.id));
    }
  })();
  await expect.poll(async () => (await flights.publish(place, lease, 60_000, undefined)).followed).toBe(true);
  expect((await flights.publish(place, lease, 60_000, news(["b"]))).leads).toBe(false);
  expect((await flights.join(place, 60_000)).lease).toBeDefined();
  await flights.close();
  await over;
  expect(heard).toEqual([]);
  await closeRedis(redis);
});

describe("the redis flights", () => {
  let line: BreakableLine;
  let redis: RedisClient;

  afterEach(async () => {
    await closeRedis(redis);
    await line.close();
  });

  it("are UNAVAILABLE while Redis is away", async () => {
    line = await breakableLine(server.url);
    redis = connectRedis({ url: line.url, onError });
    await untilReady(redis, 5_000);
    const place = { tenant: "acme", name: "exact-a" };
    const flights = createRedisFlights(redis, () => connectRedis({ url: line.url, onError }));
    const { id, lease = "" } = await flights.join(place, 60_000);
    line.cut();
    const unavailable = { code: Status.UNAVAILABLE, reason: "SERVICE_UNAVAILABLE" };
    await expect(flights.join(place, 60_000)).rejects.toMatchObject(unavailable);
    await expect(flights.publish(place, lease, 60_000, undefined)).rejects.toMatchObject(unavailable);
    const following = flights.follow(place, id, 60_000, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(following.next()).rejects.toMatchObject(unavailable);
    await flights.close();
  });
});

/** Every opened one is a process with connections of its own. */
function flightsOn(connect: () => RedisClient) {
  const closing: (() => Promise<void>)[] = [];
  return {
    async open() {
      const redis = connect();
      await untilReady(redis, 20_000);
      const flights = createRedisFlights(redis, connect);
      closing.push(async () => {
        await flights.close();
        await closeRedis(redis);
      });
      return flights;
    },
    // Leases are Redis's to end, by its own clock.
    elapse: (ms: number) => setTimeout(ms),
    async close() {
      await Promise.all(closing.map((close) => close()));
    },
  };
}
