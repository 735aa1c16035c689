import { setImmediate as nextTurn } from "node:timers/promises";
import type { CacheStore } from "../ports.ts";
import { encodeAnswer, encodeEntry } from "./entry-codec.ts";
import { openCacheDatabase } from "./sqlite-database.ts";
import { sqliteEntries } from "./sqlite-entries.ts";
import { writeBatches } from "./sqlite-write-batches.ts";
import { storeUnavailable } from "./store-unavailable.ts";

export interface SqliteCacheOptions {
  /** The database file; made, with its folder, where it is not there. For one process at a time. */
  readonly path: string;
  /** Largest answer kept. */
  readonly maxEntryBytes: number;
  /** All entries together; over it, the least recently used go. */
  readonly maxBytes: number;
  /** Told why a database that cannot be used was replaced by an empty one. */
  readonly onReplaced: (reason: string) => void;
}

/** Entries removed in one transaction, so that a removal of many does not hold up requests. */
const removedAtOnce = 200;

/**
 * Keeps answers in one SQLite file (WAL: a crash may lose the last writes, never the file). A hit writes nothing: uses are
 * noted in memory and written in batches, at the latest before something must go. Puts that come within a few milliseconds share a
 * transaction.
 */
export function createSqliteCacheStore(options: SqliteCacheOptions): CacheStore {
  const database = openCacheDatabase(options.path, options.onReplaced);
  const entries = sqliteEntries(database, options.maxBytes);
  const batches = writeBatches(entries.writeAll);
  /** Who asks again at once finds what was put: the same key of idempotency must not be answered twice. */
  const unwritten = new Set<string>();
  const keyOf = (tenant: string, name: string) => `${tenant}\n${name}`;
  return {
    get: async (tenant, names, nowMs) => {
      if (names.some((name) => unwritten.has(keyOf(tenant, name)))) batches.flush();
      return reported(() => names.map((name) => entries.find(tenant, name, nowMs)));
    },
    put: async (tenant, places, { answer, storedAtMs }, nowMs) => {
      const encoded = encodeAnswer(answer);
      if (encoded.length > options.maxEntryBytes) return false;
      const values = places.map(({ ttlMs, requestDigest, ...place }) => {
        const expiresAtMs = nowMs + ttlMs;
        const value = encodeEntry(encoded, { storedAtMs, expiresAtMs, requestDigest });
        return { ...place, model: answer.model, expiresAtMs, value };
      });
      const keys = places.map(({ name }) => keyOf(tenant, name));
      for (const key of keys) unwritten.add(key);
      return batches
        .add({ tenant, entries: values, nowMs })
        .catch((error: Error) => {
          throw storeUnavailable(error);
        })
        .finally(() => {
          for (const key of keys) unwritten.delete(key);
        });
    },
    nearest: (tenant, meaning, count, nowMs) =>
      entries.nearest(tenant, meaning, count, nowMs).catch((error: Error) => {
        throw storeUnavailable(error);
      }),
    remove: async (tenant, name) => {
      batches.flush();
      return reported(() => entries.remove(tenant, name));
    },
    removeAll: async (tenant, removal) => {
      batches.flush();
      let removed = 0;
      for (;;) {
        const now = reported(() => entries.removeSome(tenant, removal, removedAtOnce));
        removed += now;
        if (now < removedAtOnce) return removed;
        await nextTurn();
      }
    },
    isReady: () => database.isOpen,
    close: async () => {
      if (!database.isOpen) return;
      batches.flush();
      reported(() => entries.writeUses());
      database.close();
    },
  };
}

function reported<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeUnavailable(error as Error);
  }
}
