import { connectRedis, untilReady } from "@switchyard/redis";
import { type RedisServer, startRedis } from "@switchyard/redis/testing";
import { budgetCalendarContract } from "@switchyard/service-budget/budget-calendar.contract";
import { calendarOf } from "@switchyard/service-budget/calendar";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { afterAll, beforeAll, describe } from "vitest";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe("by the clock of Redis,", () => {
  budgetCalendarContract(async ({ timeZone, startMs }) => {
    let offsetMs = startMs - Date.now();
    const redis = connectRedis({ url: server.url, onError: () => undefined });
    await untilReady(redis, 5_000);
    const store = redisBudgetStore({ redis, calendar: calendarOf(timeZone), clockOffsetMs: () => offsetMs });
    return {
      store,
      setClock: (timeMs) => {
        offsetMs = timeMs - Date.now();
      },
      async close() {
        await store.close();
        await server.flush();
      },
    };
  });
});
