import { join } from "node:path";
import type { Config } from "@switchyard/config";
import { CacheServiceDefinition } from "@switchyard/contracts/cache/v1/cache";
import { connectRedis, untilReady } from "@switchyard/redis";
import { type App, type AppContext, RpcError, type Service, Status, service } from "@switchyard/rpc";
import type { Logger } from "@switchyard/telemetry";
import { createRedisCacheStore } from "./adapters/redis-cache-store.ts";
import { createSqliteCacheStore } from "./adapters/sqlite-cache-store.ts";
import type { CacheStore } from "./ports.ts";
import { lookup } from "./rpc/lookup.ts";
import { store as storeAnswer } from "./rpc/store.ts";

/** The cache service with its one gRPC service. */
export interface CacheApp extends App {
  readonly service: Service<CacheServiceDefinition>;
}

/** How long the start waits for Redis before it goes on without; Lookup and Store are UNAVAILABLE until it comes. */
const redisPatienceMs = 2_000;

/**
 * Builds the cache service. Embedded, answers stand in `cache.db` of the data directory, and this throws where that cannot
 * be written; with Redis it starts whether or not Redis is there.
 */
export async function createCacheApp(config: Config, { logger }: AppContext): Promise<CacheApp> {
  const { cache } = config;
  const store = await openStore(config, logger);
  const now = Date.now;
  const rules = { maxTemperature: cache.maxTemperature, replayTtlMs: cache.idempotencyTtlSeconds * 1000 };
  const onUnkept = (err: unknown) => logger.warn({ err }, "a hit could not be kept under its idempotency key");
  const cacheService = service(CacheServiceDefinition, {
    lookup: (request) => lookup(request, { store, rules, now, onUnkept }),
    store: (request) => storeAnswer(request, { store, lives: cache, now }),
    publish: notYet,
    // biome-ignore lint/correctness/useYield: nothing to follow yet
    follow: async function* () {
      notYet();
    },
    invalidate: notYet,
    reportBadHit: notYet,
  });
  return {
    service: cacheService,
    services: [cacheService],
    isReady: () => store.isReady(),
    close: () => store.close(),
  };
}

const notYet = (): never => {
  throw new RpcError({ code: Status.UNIMPLEMENTED, reason: "INTERNAL", message: "is not there yet" });
};

async function openStore({ cache, dataDirectory, redis }: Config, logger: Logger): Promise<CacheStore> {
  const { maxEntryBytes, maxBytes } = cache;
  if (cache.store === "embedded") {
    const path = join(dataDirectory, "cache.db");
    const onReplaced = (reason: string) => logger.warn({ path, reason }, "began an empty cache in place of this one");
    return createSqliteCacheStore({ path, maxEntryBytes, maxBytes, onReplaced });
  }
  const url = redis?.url?.reveal();
  if (url === undefined) throw new Error("redis.url is not set");
  const connection = connectRedis({ url, onError: (err) => logger.warn({ err }, "Redis cannot be reached") });
  await untilReady(connection, redisPatienceMs);
  return createRedisCacheStore(connection, { maxEntryBytes });
}
