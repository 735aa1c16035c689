import { join } from "node:path";
import { type Config, redisPlaceOf } from "@switchyard/config";
import { CacheServiceDefinition } from "@switchyard/contracts/cache/v1/cache";
import { ProviderServiceDefinition } from "@switchyard/contracts/provider/v1/provider";
import { connectRedis, untilReady } from "@switchyard/redis";
import { type App, type AppContext, connect, type Service, service, type Target } from "@switchyard/rpc";
import type { Logger } from "@switchyard/telemetry";
import { estimateTokens, loadEmbedder } from "@switchyard/text";
import { builtinEmbedder } from "./adapters/builtin-embedder.ts";
import { grpcEmbedder } from "./adapters/grpc-embedder.ts";
import { createMemoryFlights } from "./adapters/memory-flights.ts";
import { createRedisCacheStore } from "./adapters/redis-cache-store.ts";
import { createRedisFeedback } from "./adapters/redis-feedback.ts";
import { createRedisFlights } from "./adapters/redis-flights.ts";
import { createSqliteCacheStore } from "./adapters/sqlite-cache-store.ts";
import { createSqliteFeedback } from "./adapters/sqlite-feedback.ts";
import { batchedEmbedder } from "./domain/batched-embedder.ts";
import { createJudge } from "./domain/judge.ts";
import { createSharing } from "./domain/sharing.ts";
import { createVerifier, shippedVerifierWeights } from "./domain/verify/index.ts";
import type { CacheStore, Feedback, Flights } from "./ports.ts";
import { createSeats, follow } from "./rpc/follow.ts";
import { invalidate } from "./rpc/invalidate.ts";
import { lookup } from "./rpc/lookup.ts";
import { publish } from "./rpc/publish.ts";
import { reportBadHit } from "./rpc/report-bad-hit.ts";
import { store as storeAnswer } from "./rpc/store.ts";

/** Where the services are that the cache calls. */
export interface CachePeers {
  /** Asked only where a model of the catalogue makes the vectors. */
  readonly providerAdapter: Target<ProviderServiceDefinition>;
}

/** The cache service with its one gRPC service. */
export interface CacheApp extends App {
  readonly service: Service<CacheServiceDefinition>;
}

/** How long the start waits for Redis before it goes on without; Lookup and Store are UNAVAILABLE until it comes. */
const redisPatienceMs = 2_000;

/** How long a request waits for a provider's vector before it goes on without. */
const embedTimeoutMs = 300;

/** How long a leader may be silent before another takes its place. */
const leaseMs = 3_000;

/** Followers of one process at most; more than these go their own way. */
const mostFollowers = 1_000;

/**
 * Builds the cache service. Embedded, answers stand in `cache.db` of the data directory, and this throws where that cannot
 * be written; with Redis it starts whether or not Redis is there.
 */
export async function createCacheApp(
  config: Config,
  { logger }: AppContext,
  peers: CachePeers = config.peers,
): Promise<CacheApp> {
  const { cache } = config;
  const { store, feedback, flights } = await openStores(config, logger);
  const now = Date.now;
  const sharing = createSharing(cache.sharingGroups);
  const seats = createSeats(mostFollowers);
  const { embedder, closeEmbedder } = openEmbedder(config, peers);
  const judge = createJudge(cache.semantic, createVerifier(shippedVerifierWeights));
  const maker = embedder && { embedder, markOf: judge.markOf };
  const meaning = maker && {
    ...{ store, feedback, maker, judge, falseHitBudget: cache.semantic.falseHitBudget },
    onFault: (err: unknown) => logger.warn({ err }, "a request could not be compared by its meaning"),
  };
  const flight = flights && {
    ...{ flights, leaseMs, hasRoom: seats.hasRoom },
    onFault: (err: unknown) => logger.warn({ err }, "a request could not join those like it"),
  };
  const cacheService = service(CacheServiceDefinition, {
    lookup: lookup({
      ...{ store, sharing, meaning, flight, now },
      rules: { ...cache, replayTtlMs: cache.idempotencyTtlSeconds * 1000 },
      onUnkept: (err) => logger.warn({ err }, "a hit could not be kept under its idempotency key"),
    }),
    store: storeAnswer({
      ...{ store, now, lives: cache, rules: cache, areOfOneTenant: sharing.areOfOneTenant },
      maker,
      onStored: ({ space, name }) => {
        flights?.forget({ tenant: space, name }).catch((err) => flight?.onFault(err));
      },
    }),
    publish: publish({ flights, leaseMs }),
    follow: follow({ flights, leaseMs, seats }),
    invalidate: invalidate({ store, sharing }),
    reportBadHit: reportBadHit({ store, feedback, sharing, now }),
  });
  return {
    service: cacheService,
    services: [cacheService],
    isReady: () => store.isReady(),
    async close() {
      await flights?.close();
      closeEmbedder();
      await Promise.all([store.close(), feedback.close()]);
    },
  };
}

/** What makes the vectors, if requests are compared by meaning at all. */
function openEmbedder({ cache, models }: Config, peers: CachePeers) {
  const { enabled, embedder: name } = cache.semantic;
  if (!enabled) return { embedder: undefined, closeEmbedder: () => undefined };
  if (name === "builtin") return { embedder: builtinEmbedder(loadEmbedder()), closeEmbedder: () => undefined };
  const inputPrice = models.find(({ id }) => id === name)?.prices.input ?? 0;
  const connection = connect(ProviderServiceDefinition, peers.providerAdapter);
  const model = { id: name, inputPrice, estimateTokens, monotonicMs: () => performance.now() };
  const embedder = batchedEmbedder(grpcEmbedder(connection.client, model), {
    ...{ timeoutMs: embedTimeoutMs, mostTexts: 256, now: Date.now, atEndOfTurn: setImmediate, weigh: estimateTokens },
  });
  return { embedder, closeEmbedder: () => connection.close() };
}

interface Stores {
  readonly store: CacheStore;
  readonly feedback: Feedback;
  /** Undefined where no request waits for another. */
  readonly flights: Flights | undefined;
}

async function openStores({ cache, dataDirectory, redis }: Config, logger: Logger): Promise<Stores> {
  const { maxEntryBytes, maxBytes, coalesce } = cache;
  if (cache.store === "embedded") {
    const path = join(dataDirectory, "cache.db");
    const onReplaced = (reason: string) => logger.warn({ path, reason }, "began an empty cache in place of this one");
    return {
      store: createSqliteCacheStore({ path, maxEntryBytes, maxBytes, onReplaced }),
      feedback: createSqliteFeedback(join(dataDirectory, "cache-feedback.db")),
      flights: coalesce ? createMemoryFlights(Date.now) : undefined,
    };
  }
  const place = redisPlaceOf(redis);
  if (place === undefined) throw new Error("cache.store is redis, but redis leads nowhere");
  const open = () => connectRedis({ ...place, onError: (err) => logger.warn({ err }, "trouble with Redis") });
  const connection = open();
  await untilReady(connection, redisPatienceMs);
  return {
    store: createRedisCacheStore(connection, { maxEntryBytes }),
    feedback: createRedisFeedback(connection),
    flights: coalesce ? createRedisFlights(connection, open) : undefined,
  };
}
