import { closeRedis, type Redis, tenantKey, withoutCommand } from "@switchyard/redis";
import type { CacheStore, Entry } from "../ports.ts";
import { codecVersion, decodeEntry, encodeAnswer, encodeEntry } from "./entry-codec.ts";
import { storeUnavailable } from "./store-unavailable.ts";

/**
 * Keeps answers in Redis, shared by all replicas, at `switchyard:{tenant}:cache-VERSION:NAME`. Redis removes what has
 * expired; its `maxmemory` bounds the whole (policy `allkeys-lru` or `volatile-lru`). Owns the connection from now on.
 */
export function createRedisCacheStore(redis: Redis, options: { readonly maxEntryBytes: number }): CacheStore {
  return {
    async get(tenant, names, nowMs) {
      const keys = names.map((name) => keyOf(tenant, name));
      try {
        const values = await redis.mgetBuffer(...keys);
        const useless: string[] = [];
        const entries = values.map((value, index): Entry | undefined => {
          const entry = value === null ? undefined : decodeEntry(value, nowMs);
          if (entry !== "expired" && entry !== "unreadable") return entry;
          useless.push(keys[index] as string);
          return undefined;
        });
        if (useless.length > 0) await redis.unlink(...useless);
        return entries;
      } catch (error) {
        throw storeUnavailable(withoutCommand(error));
      }
    },
    async put(tenant, places, { answer, storedAtMs }, nowMs) {
      const encoded = encodeAnswer(answer);
      if (encoded.length > options.maxEntryBytes) return false;
      const writes = redis.pipeline();
      for (const { name, requestDigest, ttlMs } of places) {
        const value = encodeEntry(encoded, storedAtMs, nowMs + ttlMs, requestDigest);
        writes.set(keyOf(tenant, name), value, "PX", ttlMs);
      }
      const results = await writes.exec().catch((error: unknown) => [[error] as const]);
      for (const [fault] of results ?? []) if (fault) throw storeUnavailable(withoutCommand(fault));
      return true;
    },
    nearest: async () => [],
    remove: async () => false,
    removeAll: async () => 0,
    isReady: () => redis.status === "ready",
    close: () => closeRedis(redis),
  };
}

const keyOf = (tenant: string, name: string) => tenantKey(tenant, `cache-${codecVersion}`, name);
