import { setTimeout as sleep } from "node:timers/promises";
import { closeRedis, connectRedis, type RedisClient, tenantKey, untilReady } from "@switchyard/redis";
import { type RedisCluster, startRedisCluster, startRedisSentinel } from "@switchyard/redis/testing";
import { redisBudgetStore } from "@switchyard/service-budget/redis-budget-store";
import {
  amount,
  attempt,
  callerOf,
  counts,
  lines,
  order,
  settlement,
  termsOf,
  utc,
} from "@switchyard/service-budget/testing/budget-store-fixture";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const tier = {
  organisation: { tokensPerDay: 1_000 },
  tenant: { tokensPerMonth: 800 },
  user: { tokensPerMinute: 100_000 },
};
const caller = callerOf("acme", "jane", { organisation: "umbrella" });
const key = tenantKey("umbrella", "budget", "leases");

type Store = ReturnType<typeof redisBudgetStore>;

async function storeOn(redis: RedisClient): Promise<Store> {
  expect(await untilReady(redis, 20_000)).toBe(true);
  return redisBudgetStore({ redis, calendar: utc });
}

/** A store that is there again, however often it is asked before. */
const again = <T>(work: () => Promise<T>) => vi.waitFor(work, { timeout: 60_000, interval: 100 });

const use = async (store: Store, id: string, tokens: number) => {
  const verdict = await store.reserve(order(id, tier, { caller, amount: amount(tokens) }));
  if (verdict.verdict === "granted") {
    await store.settle(settlement(id, [attempt({ tokens })], { caller }), termsOf(caller, tier));
  }
  return verdict.verdict;
};

describe("budgets in a cluster of three masters and three replicas", () => {
  let cluster: RedisCluster;
  let stores: [Store, Store];

  beforeEach(async () => {
    cluster = await startRedisCluster();
    const open = () => storeOn(connectRedis({ cluster: { nodes: cluster.nodes }, onError: () => undefined }));
    stores = await Promise.all([open(), open()]);
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await cluster.stop();
  });

  it("are one truth for all processes, wherever an organisation's slot lies", async () => {
    const callers = Array.from({ length: 12 }, (_, index) => callerOf(`tenant-${index}`, "jane"));
    const verdicts = await Promise.all(
      Array.from({ length: 240 }, async (_, index) => {
        const own = callers[index % 12] as (typeof callers)[number];
        const wanted = order(`r${index}`, { tenant: { tokensPerDay: 100 } }, { caller: own, amount: amount(30) });
        return (await stores[index % 2 ? 0 : 1].reserve(wanted)).verdict;
      }),
    );
    expect(verdicts.filter((verdict) => verdict === "granted")).toHaveLength(36);
    for (const { tenant } of callers) expect(await counts(stores[0], `tenant/${tenant}`)).toEqual([0, 0, 90, 0]);
  });

  it("outlive the loss of a master, hold their limits through it, and lose nothing that had reached the replica", async () => {
    for (let index = 0; index < 5; index++)
      expect(await use(stores[index % 2 ? 0 : 1], `before ${index}`, 100)).toBe("granted");
    await stores[0].reserve(order("open", tier, { caller, amount: amount(50) }));
    await cluster.replicated(key);
    await cluster.killMasterOf(key);
    await expect(use(stores[0], "during", 100)).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });

    expect(await again(() => counts(stores[1], "tenant/acme", "umbrella"))).toEqual([500, 0, 50, 0]);
    // What failed may be asked again under its id: it is granted once, and booked once.
    expect(await again(() => use(stores[0], "during", 100))).toBe("granted");
    expect(await use(stores[1], "during", 100)).toBe("granted");
    const more = await Promise.all([0, 1, 2, 3].map((index) => use(stores[index % 2 ? 0 : 1], `after ${index}`, 100)));
    expect(more.filter((verdict) => verdict === "granted")).toHaveLength(1);
    expect(await counts(stores[0], "tenant/acme", "umbrella")).toEqual([700, 0, 50, 0]);
    expect((await again(() => lines(stores[0]))).map(({ costUsdNanos }) => costUsdNanos)).toHaveLength(7);
  }, 120_000);
});

describe("budgets behind a Sentinel", () => {
  it("go on with the replica when their master is lost", async () => {
    const sentinel = await startRedisSentinel();
    const { master, sentinels } = sentinel;
    const store = await storeOn(connectRedis({ sentinel: { master, sentinels }, onError: () => undefined }));
    try {
      expect(await use(store, "before", 100)).toBe("granted");
      await sentinel.killMaster();
      expect(await again(() => use(store, "after", 100))).toBe("granted");
      expect(await again(() => use(store, "large", 1_000))).toBe("refused");
    } finally {
      await store.close();
      await sentinel.stop();
    }
  }, 120_000);

  it("find the master again and again, however often and for how long it is lost", async () => {
    const sentinel = await startRedisSentinel();
    const { master, sentinels } = sentinel;
    const open = () => storeOn(connectRedis({ sentinel: { master, sentinels }, onError: () => undefined }));
    const stores = await Promise.all([open(), open(), open()]);
    let isOver = false;
    const asking = stores.map(async (store, index) => {
      for (let turn = 0; !isOver; turn++) {
        await use(store, `${index} ${turn}`, 1).catch(() => undefined);
        await sleep(5);
      }
    });
    try {
      for (const awayMs of [0, 1_500, 1_500]) {
        await sentinel.killMaster();
        await sleep(awayMs);
        await sentinel.revive();
        for (const store of stores) expect(await again(() => use(store, "large", 1_000_000))).toBe("refused");
      }
    } finally {
      isOver = true;
      await Promise.all(asking);
      await Promise.all(stores.map((store) => store.close()));
      await sentinel.stop();
    }
  }, 120_000);
});

describe("budgets on a master that lacks replicas", () => {
  it("are as good as away where it is told not to write without them, and lose nothing that they had", async () => {
    const sentinel = await startRedisSentinel();
    const { master, sentinels } = sentinel;
    const connected = () => connectRedis({ sentinel: { master, sentinels }, onError: () => undefined });
    const admin = connected();
    const store = await storeOn(connected());
    try {
      expect(await use(store, "before", 100)).toBe("granted");
      // One more than it has.
      await again(() => admin.config("SET", "min-replicas-to-write", 2));
      await expect(use(store, "during", 100)).rejects.toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
      await admin.config("SET", "min-replicas-to-write", 1);
      expect(await use(store, "during", 100)).toBe("granted");
      expect(await counts(store, "tenant/acme", "umbrella")).toEqual([200, 0, 0, 0]);
    } finally {
      await Promise.all([store.close(), closeRedis(admin)]);
      await sentinel.stop();
    }
  }, 120_000);
});
