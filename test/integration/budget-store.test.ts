import { closeRedis, connectRedis, type Redis, tenantKey, untilReady } from "@switchyard/redis";
import { type BreakableLine, breakableLine, type RedisServer, startRedis } from "@switchyard/redis/testing";
import { budgetStoreContract, noonMs } from "@switchyard/service-budget/budget-store.contract";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import { redisLedger } from "@switchyard/service-budget/redis-ledger";
import {
  amount,
  attempt,
  callerOf,
  counts,
  lines,
  order,
  settlement,
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

describe("the Redis budget store", () => {
  budgetStoreContract(async () => {
    let offsetMs = noonMs - Date.now();
    const open = async () => redisBudgetStore({ redis: await connected(server.url), clockOffsetMs: () => offsetMs });
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
    store = redisBudgetStore({ redis: await connected(line.url) });
  });
  afterEach(async () => {
    await Promise.all([store.close(), closeRedis(redis)]);
    await line.close();
    await server.flush();
  });

  const keys = (pattern = "*") => redis.keys(`switchyard:${pattern}`);

  it("of a tenant lie in one slot of a cluster", async () => {
    await store.reserve(order("r1", {}, { amount: amount(1) }));
    await store.settle(settlement("r2", [attempt({ tokens: 1 })]));
    const own = await keys("{acme}*");
    expect(own.toSorted()).toEqual(
      [
        tenantKey("acme", "budget", "request", "r1"),
        tenantKey("acme", "budget", "request", "r2"),
        ...["tenant/acme", "user/acme/jane"].map((scope) => own.find((key) => key.endsWith(`:${scope}`))),
        tenantKey("acme", "budget", "leases"),
        tenantKey("acme", "budget", "ledger"),
        tenantKey("acme", "budget", "ledger-length"),
      ].toSorted(),
    );
    const others = (await keys()).filter((key) => !own.includes(key) && key !== "switchyard:test-database");
    expect(others).toEqual(["switchyard:{%ledger}:heads"]);
  });

  it("last as long as they must: counters and closed requests for days, open reservations and the ledger for good", async () => {
    await store.reserve(order("open", {}, { amount: amount(1) }));
    await store.settle(settlement("settled", [attempt({ tokens: 1 })]));
    await store.reserve(order("released", {}, { amount: amount(1) }));
    await store.release("released", order("", {}).caller);
    const days = async (pattern: string) => {
      const found = await keys(`{acme}:budget:${pattern}`);
      expect(found).not.toEqual([]);
      return Promise.all(found.map(async (key) => Math.max(0, (await redis.ttl(key)) / 86_400)));
    };
    for (const left of [
      ...(await days("account:*")),
      ...(await days("request:settled")),
      ...(await days("request:released")),
    ]) {
      expect(left).toBeGreaterThan(7.9);
      expect(left).toBeLessThan(9.1);
    }
    expect(await days("request:open")).toEqual([0]);
    expect(await days("ledger")).toEqual([0]);
    expect(await days("leases")).toEqual([0]);
  });

  it("go by the server's clock, not by that of the process", async () => {
    vi.spyOn(Date, "now").mockReturnValue(noonMs);
    const verdict = await store.reserve(order("r1", {}, { amount: amount(1) }));
    const [seconds] = await redis.time();
    const expiresAt = verdict.granted ? verdict.expiresAt.getTime() : 0;
    expect(Math.abs(expiresAt - (Number(seconds) * 1_000 + 600_000))).toBeLessThan(60_000);
  });

  it("are UNAVAILABLE while Redis is, and lose nothing that was acknowledged", async () => {
    await store.settle(settlement("r1", [attempt({ tokens: 40 })]));
    line.cut();
    await vi.waitUntil(() => !store.isReady());
    const unavailable = { name: "RpcError", reason: "SERVICE_UNAVAILABLE" };
    await expect(store.reserve(order("r2", {}, { amount: amount(1) }))).rejects.toMatchObject(unavailable);
    await expect(store.settle(settlement("r3", []))).rejects.toMatchObject(unavailable);
    await expect(store.sweep()).rejects.toMatchObject(unavailable);
    await expect(lines(store)).rejects.toMatchObject(unavailable);
    line.mend();
    await vi.waitUntil(() => store.isReady(), { timeout: 10_000 });
    expect(await counts(store)).toEqual([40, 0, 0, 0]);
    expect(await lines(store)).toHaveLength(1);
  });

  it("book once what is settled again because its answer was lost", async () => {
    const once = settlement("r1", [attempt({ tokens: 40 })]);
    line.deafen();
    await expect(store.settle(once)).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
    line.mend();
    await vi.waitUntil(async () => await store.settle(once).catch(() => undefined), { timeout: 10_000 });
    expect(await counts(store)).toEqual([40, 0, 0, 0]);
    expect(await lines(store)).toHaveLength(1);
  });

  it("keep every line at its one position, however late and often it is published", async () => {
    const ledger = redisLedger(redis);
    for (const requestId of ["r1", "r2", "r3"]) await store.settle(settlement(requestId, [attempt({ tokens: 1 })]));
    await ledger.publish("acme", 2);
    await ledger.publish("acme", 1);
    await ledger.publish("acme", 2);
    await Promise.all([ledger.publish("acme", 3), ledger.publish("acme", 3)]);
    await ledger.publish("acme", 1);
    expect((await lines(store)).map(({ sequence, requestId }) => `${sequence} ${requestId}`)).toEqual([
      "1 r1",
      "2 r2",
      "3 r3",
    ]);
  });

  it("find their tenants again in the ledger of a Redis that was emptied under them", async () => {
    await store.settle(settlement("r1", [attempt({ tokens: 1 })]));
    await server.flush();
    await store.sweep();
    await store.settle(settlement("r2", [attempt({ tokens: 1 })]));
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
    const store = redisBudgetStore({ redis, clockOffsetMs: () => offsetMs });
    const [jane, joe, other] = [callerOf("acme", "jane"), callerOf("acme", "joe"), callerOf("globex")];
    const tier = { tenant: { tokensPerDay: 100 }, user: { tokensPerDay: 60 } };
    await store.reserve(order("r1", tier, { caller: jane, amount: amount(50) }));
    await store.reserve(order("r2", tier, { caller: joe, amount: amount(20) }));
    await store.reserve(order("r3", tier, { caller: other, amount: amount(5) }));
    await store.release("r3", other);
    offsetMs = 700_000;
    await store.settle(settlement("r2", [attempt({ tokens: 10 })], { caller: joe }));
    expect(await store.sweep()).toBe(0);
    await store.settle(settlement("r4", [attempt({ tokens: 1 })], { caller: other }));
    expect((await lines(store)).map(({ requestId, outcome }) => `${requestId} ${outcome}`)).toEqual([
      "r1 presumed",
      "r2 presumed",
      "r2 ok",
      "r2 corrected",
      "r4 ok",
    ]);
  });
});
