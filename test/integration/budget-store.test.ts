import { closeRedis, connectRedis, type Redis, tenantKey, untilReady } from "@switchyard/redis";
import { type BreakableLine, breakableLine, type RedisServer, startRedis } from "@switchyard/redis/testing";
import { budgetLimitsContract } from "@switchyard/service-budget/budget-limits.contract";
import { budgetStoreContract, noonMs } from "@switchyard/service-budget/budget-store.contract";
import { budgetTotalsContract } from "@switchyard/service-budget/budget-totals.contract";
import { graceBudgetStore } from "@switchyard/service-budget/grace-budget-store";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { redisLedger } from "@switchyard/service-budget/redis-ledger";
import {
  amount,
  attempt,
  callerOf,
  counts,
  lines,
  order,
  reserve,
  settle,
  settlement,
  utc,
} from "@switchyard/service-budget/testing/budget-store-fixture";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function connected(url: string): Promise<Redis> {
  const redis = connectRedis({ url, onError: () => undefined });
  expect(await untilReady(redis, 5_000)).toBe(true);
  return redis;
}

describe.each([
  ["store", budgetStoreContract],
  ["store's limits", budgetLimitsContract],
  ["store's totals", budgetTotalsContract],
])("the Redis budget %s", (_name, contract) => {
  contract(async (settings) => {
    let offsetMs = noonMs - Date.now();
    const open = async () =>
      redisBudgetStore({
        redis: await connected(server.url),
        calendar: utc,
        clockOffsetMs: () => offsetMs,
        ...settings,
      });
    const [store, other] = await Promise.all([open(), open()]);
    return {
      store,
      other,
      advance: (ms) => {
        offsetMs += ms;
      },
      close: async () => {
        await Promise.all([store.close(), other.close()]);
        await server.flush();
      },
    };
  });
});

describe("budgets in Redis", () => {
  let line: BreakableLine;
  let redis: Redis;
  let store: ReturnType<typeof redisBudgetStore>;

  beforeEach(async () => {
    line = await breakableLine(server.url);
    redis = await connected(server.url);
    store = redisBudgetStore({ redis: await connected(line.url), calendar: utc });
  });
  afterEach(async () => {
    await Promise.all([store.close(), closeRedis(redis)]);
    await line.close();
    await server.flush();
  });

  const keys = (pattern = "*") => redis.keys(`switchyard:${pattern}`);

  it("of an organisation lie in one slot of a cluster, whatever is limited", async () => {
    const caller = callerOf("acme", "jane", { organisation: "umbrella", feature: "search", apiKey: "ci" });
    const every = { tokensPerDay: 100, usdPerMonth: 1, requestsPerMinute: 5, tokensPerMinute: 100 };
    const tier = {
      organisation: every,
      tenant: every,
      user: every,
      feature: every,
      apiKey: every,
      modelTier: { economy: every, premium: every },
    };
    await reserve(store, order("r1", tier, { caller, amount: amount(1) }));
    await settle(store, settlement("r2", [attempt({ tokens: 1 })], { caller }));
    await settle(store, settlement("r3", [], { caller: { ...caller, tenant: "acme-labs" } }));
    const own = await keys("{umbrella}*");
    const { day, month } = utc(Date.now());
    expect(own.toSorted()).toEqual(
      [
        tenantKey("umbrella", "budget", "request", "acme", "r1"),
        tenantKey("umbrella", "budget", "request", "acme", "r2"),
        tenantKey("umbrella", "budget", "request", "acme-labs", "r3"),
        tenantKey("umbrella", "budget", "day", String(day.startMs)),
        tenantKey("umbrella", "budget", "month", String(month.startMs)),
        tenantKey("umbrella", "budget", "plans", String(day.startMs)),
        tenantKey("umbrella", "budget", "meters"),
        tenantKey("umbrella", "budget", "leases"),
        tenantKey("umbrella", "budget", "ledger", "acme"),
        tenantKey("umbrella", "budget", "ledger-length", "acme"),
        tenantKey("umbrella", "budget", "totals", String(day.startMs)),
        tenantKey("umbrella", "budget", "total-days"),
      ].toSorted(),
    );
    const others = (await keys()).filter((key) => !own.includes(key) && key !== "switchyard:test-database");
    expect(others).toEqual(["switchyard:{%ledger}:heads"]);
  });

  it("last as long as they must: counters and closed requests for days, open reservations and the ledger for good", async () => {
    await reserve(store, order("open", { tenant: { tokensPerMinute: 10 } }, { amount: amount(1) }));
    await settle(store, settlement("settled", [attempt({ tokens: 1 })]));
    await reserve(store, order("released", {}, { amount: amount(1) }));
    await store.release("released", order("", {}).caller);
    const days = async (pattern: string) => {
      const [key = "", ...others] = await keys(`{acme}:budget:${pattern}`);
      expect(others, pattern).toEqual([]);
      return Math.max(0, Math.round((await redis.ttl(key)) / 86_400));
    };
    expect(await days("day:*")).toBe(10);
    expect(await days("month:*")).toBe(41);
    expect(await days("plans:*")).toBe(41);
    expect(await days("request:acme:settled")).toBe(8);
    expect(await days("request:acme:released")).toBe(8);
    expect(await days("request:acme:open")).toBe(0);
    expect(await days("ledger:acme")).toBe(0);
    expect(await days("leases")).toBe(0);
    const [left] = await redis.httl(tenantKey("acme", "budget", "meters"), "FIELDS", 1, "tenant/acme/tokens");
    expect(Math.round(Number(left) / 3_600)).toBe(26);
  });

  it("go by the server's clock, not by that of the process", async () => {
    vi.spyOn(Date, "now").mockReturnValue(noonMs);
    const verdict = await reserve(store, order("r1", {}, { amount: amount(1) }));
    const [seconds] = await redis.time();
    const expiresAt = verdict.granted ? verdict.expiresAt.getTime() : 0;
    expect(Math.abs(expiresAt - (Number(seconds) * 1_000 + 600_000))).toBeLessThan(60_000);
  });

  it("are UNAVAILABLE while Redis is, and lose nothing that was acknowledged", async () => {
    await settle(store, settlement("r1", [attempt({ tokens: 40 })]));
    line.cut();
    await vi.waitUntil(() => !store.isReady());
    const unavailable = { name: "RpcError", reason: "SERVICE_UNAVAILABLE" };
    await expect(reserve(store, order("r2", {}, { amount: amount(1) }))).rejects.toMatchObject(unavailable);
    await expect(settle(store, settlement("r3", []))).rejects.toMatchObject(unavailable);
    await expect(store.sweep()).rejects.toMatchObject(unavailable);
    await expect(lines(store)).rejects.toMatchObject(unavailable);
    line.mend();
    await vi.waitUntil(() => store.isReady(), { timeout: 10_000 });
    expect(await counts(store)).toEqual([40, 0, 0, 0]);
    expect(await lines(store)).toHaveLength(1);
  });

  it("go on out of a grace while Redis is away where that is allowed, and book it when it is back", async () => {
    const told: number[] = [];
    const graced = graceBudgetStore(store, {
      graceOf: () => amount(100),
      hasGrace: true,
      clock: Date.now,
      onGranted: () => undefined,
      onReconciled: (count) => void told.push(count),
      onLost: (error) => expect.unreachable(String(error)),
    });
    line.cut();
    await vi.waitUntil(() => !store.isReady());
    const verdict = await graced.reserve(order("r1", {}, { amount: amount(100) }));
    expect(verdict).toMatchObject({ verdict: "granted", isGrace: true });
    await expect(graced.reserve(order("r2", {}, { amount: amount(1) }))).rejects.toHaveProperty("reason");
    expect(await settle(graced, settlement("r1", [attempt({ tokens: 40 })]))).toEqual(amount(40));
    line.mend();
    await vi.waitUntil(() => store.isReady(), { timeout: 10_000 });
    await graced.sweep();
    expect(told).toEqual([1]);
    expect(await counts(store)).toEqual([40, 0, 0, 0]);
    expect(await lines(store)).toHaveLength(1);
  });

  it("book once what is settled again because its answer was lost", async () => {
    const once = settlement("r1", [attempt({ tokens: 40 })]);
    line.deafen();
    await expect(settle(store, once)).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    line.mend();
    await vi.waitUntil(async () => await settle(store, once).catch(() => undefined), { timeout: 10_000 });
    expect(await counts(store)).toEqual([40, 0, 0, 0]);
    expect(await lines(store)).toHaveLength(1);
  });

  it("keep every line at its one position, however late and often it is published", async () => {
    const ledger = redisLedger(redis);
    const acme = { tenant: "acme", organisation: "" };
    for (const requestId of ["r1", "r2", "r3"]) await settle(store, settlement(requestId, [attempt({ tokens: 1 })]));
    await ledger.publish(acme, 2);
    await ledger.publish(acme, 1);
    await ledger.publish(acme, 2);
    await Promise.all([ledger.publish(acme, 3), ledger.publish(acme, 3)]);
    await ledger.publish(acme, 1);
    expect((await lines(store)).map(({ sequence, requestId }) => `${sequence} ${requestId}`)).toEqual([
      "1 r1",
      "2 r2",
      "3 r3",
    ]);
  });

  it("trim as many segments as there are old ones in one sweep, and the lines of each with it", async () => {
    const dayMs = 86_400_000;
    let offsetMs = 0;
    const trimming = redisBudgetStore({
      redis: await connected(server.url),
      calendar: utc,
      clockOffsetMs: () => offsetMs,
      ledgerKeepMs: dayMs,
    });
    for (let index = 0; index < 120; index++) {
      await settle(
        trimming,
        settlement(`old ${index}`, [attempt({ tokens: 1 })], { caller: callerOf(`t${index % 3}`) }),
      );
      await trimming.sweep();
    }
    offsetMs = 2 * dayMs;
    await settle(trimming, settlement("new", [attempt({ tokens: 1 })], { caller: callerOf("t0") }));
    await trimming.sweep();
    expect((await lines(trimming)).map(({ requestId }) => requestId)).toEqual(["new"]);
    const streams = ["t0", "t1", "t2"].map((tenant) => redis.xlen(tenantKey(tenant, "budget", "ledger", tenant)));
    expect(await Promise.all(streams)).toEqual([1, 0, 0]);
    expect(await redis.zcard("switchyard:{%ledger}:segments")).toBe(1);
    expect(await redis.zcard("switchyard:{%ledger}:segments:of:t1")).toBe(0);
    await trimming.close();
  });

  it("reserve in a Redis that was emptied under them, and settle what they reserved since", async () => {
    const tier = { tenant: { tokensPerDay: 100 } };
    await reserve(store, order("r1", tier, { amount: amount(80) }));
    await server.flush();
    expect((await reserve(store, order("r2", tier, { amount: amount(80) }))).granted).toBe(true);
    expect(await counts(store)).toEqual([0, 0, 80, 0]);
    await settle(store, settlement("r2", [attempt({ tokens: 40 })]));
    expect(await counts(store)).toEqual([40, 0, 0, 0]);
  });

  it("find their tenants again in the ledger of a Redis that was emptied under them", async () => {
    await settle(store, settlement("r1", [attempt({ tokens: 1 })]));
    await server.flush();
    await store.sweep();
    await settle(store, settlement("r2", [attempt({ tokens: 1 })]));
    expect((await lines(store)).map(({ requestId }) => requestId)).toEqual(["r2"]);
  });
});

describe("budgets in a Redis Cluster", () => {
  let cluster: RedisServer;
  let redis: Redis;

  // One node that owns every slot refuses whatever reaches across slots, as many nodes would.
  beforeAll(async () => {
    cluster = await startRedis({ settings: { "cluster-enabled": "yes" } });
    redis = await connected(cluster.url);
    if (cluster.given) return;
    await redis.cluster("ADDSLOTSRANGE", 0, 16_383);
    await vi.waitUntil(async () => String(await redis.cluster("INFO")).includes("cluster_state:ok"), {
      timeout: 20_000,
    });
  });
  afterAll(async () => {
    await closeRedis(redis);
    await cluster.stop();
  });

  it("never reach beyond the slot of their tenant", async () => {
    let offsetMs = 0;
    const store = redisBudgetStore({ redis, calendar: utc, clockOffsetMs: () => offsetMs });
    const [jane, joe, other] = [callerOf("acme", "jane"), callerOf("acme", "joe"), callerOf("globex")];
    const tier = { tenant: { tokensPerDay: 100 }, user: { tokensPerDay: 60 } };
    await reserve(store, order("r1", tier, { caller: jane, amount: amount(50) }));
    await reserve(store, order("r2", tier, { caller: joe, amount: amount(20) }));
    await reserve(store, order("r3", tier, { caller: other, amount: amount(5) }));
    await store.release("r3", other);
    offsetMs = 700_000;
    await settle(store, settlement("r2", [attempt({ tokens: 10 })], { caller: joe }));
    expect(await store.sweep()).toBe(0);
    await settle(store, settlement("r4", [attempt({ tokens: 1 })], { caller: other }));
    expect((await lines(store)).map(({ requestId, outcome }) => `${requestId} ${outcome}`)).toEqual([
      "r1 presumed",
      "r2 presumed",
      "r2 ok",
      "r2 corrected",
      "r4 ok",
    ]);
  });
});
