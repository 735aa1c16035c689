import { connectRedis, untilReady } from "@switchyard/redis";
import { type RedisServer, startRedis } from "@switchyard/redis/testing";
import { limitStandingsContract } from "@switchyard/service-budget/limit-standings.contract";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { redisLimitStandings } from "@switchyard/service-budget/redis-limit-standings";
import { callerOf, noonMs, termsOf, utc } from "@switchyard/service-budget/testing/budget-store-fixture";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe("in Redis", () => {
  limitStandingsContract(async () => {
    let offsetMs = noonMs - Date.now();
    const redis = connectRedis({ url: server.url, onError: () => undefined });
    expect(await untilReady(redis, 5_000)).toBe(true);
    const options = { redis, calendar: utc, clockOffsetMs: () => offsetMs };
    const store = redisBudgetStore(options);
    return {
      store,
      other: store,
      standings: redisLimitStandings(options),
      advance: (ms) => {
        offsetMs += ms;
      },
      close: async () => {
        await store.close();
        await server.flush();
      },
    };
  });

  it("cannot be told while Redis is away", async () => {
    const redis = connectRedis({ url: "redis://127.0.0.1:1", onError: () => undefined });
    const standings = redisLimitStandings({ redis, calendar: utc });
    await expect(standings.standing(termsOf(callerOf("acme"), {}))).rejects.toMatchObject({
      reason: "SERVICE_UNAVAILABLE",
    });
    redis.disconnect();
  });
});
