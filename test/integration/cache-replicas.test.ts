import { randomUUID } from "node:crypto";
import { parseConfig } from "@switchyard/config";
import {
  CacheServiceDefinition,
  type Flight,
  FollowRequest,
  type FollowResponse,
  LookupRequest,
  PublishRequest,
  ReportBadHitRequest,
  StoreRequest,
} from "@switchyard/contracts/cache/v1/cache";
import { type RedisCluster, type RedisServer, startRedis, startRedisCluster } from "@switchyard/redis/testing";
import { type Client, connect } from "@switchyard/rpc";
import { type CacheApp, createCacheApp } from "@switchyard/service-cache";
import { answer, chatRequest, textPart } from "@switchyard/service-cache/testing";
import { createLogger } from "@switchyard/telemetry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

type Cache = Client<CacheServiceDefinition>;
type Asked = NonNullable<Parameters<typeof LookupRequest.create>[0]>;

const plain = "How do I reset my password?";
const plainToo = "Please tell me how I can reset my password";

async function startCache(
  redis: string,
  environment: Record<string, string> = {},
): Promise<{ app: CacheApp; cache: Cache }> {
  const config = parseConfig(
    `
router: { baselineModel: m }
providers: { p: { baseUrl: "http://127.0.0.1:1", keys: [{ env: KEY }] } }
models: [{ id: m, providers: [p], tier: economy, contextWindow: 1, maxOutputTokens: 1, prices: { input: 1, output: 1 } }]
cache: { store: redis, sharingGroups: { retail: [acme, bolt] } }
redis: ${redis}`,
    { environment, folder: "." },
  );
  const app = await createCacheApp(config, { logger: createLogger("test", "silent") });
  const onUnforeseen = (_method: string, error: Error) => expect.fail(String(error.cause));
  return { app, cache: connect(CacheServiceDefinition, { inProcess: app.service, onUnforeseen }).client };
}

/** Of each test its own, so that none meets what another left behind. */
let scope = "";

const asking = (text: string, fields: Asked = {}) =>
  LookupRequest.create({
    chat: chatRequest({ messages: [{ role: "ROLE_USER", content: [textPart(text)] }] }),
    caller: { tenant: "acme", user: "ann" },
    mayFollow: true,
    scope,
    ...fields,
  });
const follow = async (cache: Cache, flight: Flight | undefined) => {
  const heard: FollowResponse[] = [];
  for await (const news of cache.follow(FollowRequest.create({ flight }))) heard.push(news);
  return heard;
};

/** What two caches on one Redis must do. */
function replicasContract(start: () => Promise<{ app: CacheApp; cache: Cache }>): void {
  let here: { app: CacheApp; cache: Cache };
  let there: { app: CacheApp; cache: Cache };

  beforeEach(async () => {
    scope = randomUUID();
    [here, there] = await Promise.all([start(), start()]);
    for (const { app } of [here, there]) await expect.poll(() => app.isReady()).toBe(true);
  });
  afterEach(async () => {
    await Promise.all([here.app.close(), there.app.close()]);
  });

  it("find by meaning what the other has stored, for the tenants of a group too", async () => {
    const { tickets, flight } = await here.cache.lookup(asking(plain));
    await here.cache.store(StoreRequest.create({ tickets, answer: answer("Under Settings.") }));
    await here.cache.publish(PublishRequest.create({ flight, end: { answer: answer("Under Settings.") } }));
    for (const tenant of ["acme", "bolt"]) {
      const found = await there.cache.lookup(asking(plainToo, { caller: { tenant } }));
      expect(found).toMatchObject({ verdict: "CACHE_VERDICT_SEMANTIC_HIT", answer: answer("Under Settings.") });
    }
    const { verdict } = await there.cache.lookup(asking(plainToo, { caller: { tenant: "other" } }));
    expect(verdict).toBe("CACHE_VERDICT_MISS");
  });

  it("have one leader for equal requests, whose answer all get", async () => {
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? here : there).cache.lookup(asking(plain))),
    );
    const [leader, ...others] = all.filter(({ flight }) => flight?.lease !== "");
    expect(others).toEqual([]);
    const flight = leader?.flight;
    const following = all
      .filter((one) => one !== leader)
      .map(({ flight }, index) => follow((index % 2 ? here : there).cache, flight));
    await expect.poll(async () => (await here.cache.publish(PublishRequest.create({ flight }))).followed).toBe(true);
    await here.cache.publish(PublishRequest.create({ flight, chunks: [{ id: "c" }] }));
    await here.cache.publish(PublishRequest.create({ flight, end: { answer: answer("Paris") } }));
    for (const heard of await Promise.all(following)) {
      expect(heard.flatMap(({ chunks }) => chunks)).toHaveLength(1);
      expect(heard.at(-1)?.end?.answer).toEqual(answer("Paris"));
    }
  });

  it("let exactly one take over when the leader falls silent", async () => {
    const { flight } = await here.cache.lookup(asking(plain));
    const waiting = [here, there, here, there].map(async ({ cache }) => {
      const joined = await cache.lookup(asking(plain));
      const heard = await follow(cache, joined.flight);
      expect(heard.every(({ end }) => end === undefined)).toBe(true);
      return (await cache.lookup(asking(plain))).flight;
    });
    const next = await Promise.all(waiting);
    expect(next.filter((one) => one?.lease !== "")).toHaveLength(1);
    expect(new Set(next.map((one) => one?.key)).size).toBe(1);
    expect(next[0]?.key).not.toBe(flight?.key);
  });

  it("forget together what was reported", async () => {
    const { tickets } = await here.cache.lookup(asking(plain, { mayFollow: false }));
    await here.cache.store(StoreRequest.create({ tickets, answer: answer("wrong") }));
    const { entryId } = await there.cache.lookup(asking(plainToo));
    const report = ReportBadHitRequest.create({ caller: { tenant: "acme" }, entryId });
    expect(await there.cache.reportBadHit(report)).toEqual({ removed: true });
    expect(await here.cache.reportBadHit(report)).toEqual({ removed: false });
    expect((await here.cache.lookup(asking(plainToo))).verdict).toBe("CACHE_VERDICT_MISS");
  });
}

describe("two caches on one Redis", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => server.flush());
  afterAll(() => server.stop());

  replicasContract(() => startCache("{ url: { env: URL } }", { URL: server.url }));
});

describe("two caches on one Redis Cluster", () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  replicasContract(() => startCache(`{ cluster: { nodes: ${JSON.stringify(cluster.nodes)} } }`));
});
