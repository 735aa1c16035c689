import type { DatabaseSync } from "node:sqlite";
import type { CacheStore, Entry, PlaceToFill } from "../ports.ts";
import { decodeEntry, encodeAnswer, encodeEntry } from "./entry-codec.ts";
import { openCacheDatabase } from "./sqlite-database.ts";
import { inTransaction, prepareStatements } from "./sqlite-statements.ts";
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

/** What a row costs beside its value, roughly. */
const rowOverheadBytes = 256;

/** Uses closer together than this count as one, so that a hot entry is not written at every hit. */
const useGrainMs = 60_000;
const maxPendingUses = 256;

/**
 * Keeps answers in one SQLite file (WAL: a crash may lose the last writes, never the file). A hit writes nothing: uses are
 * noted in memory and written in batches, at the latest before something must go.
 */
export function createSqliteCacheStore(options: SqliteCacheOptions): CacheStore {
  const database = openCacheDatabase(options.path, options.onReplaced);
  const entries = boundedEntries(database, options.maxBytes);
  return {
    get: async (tenant, names, nowMs) => reported(() => names.map((name) => entries.find(tenant, name, nowMs))),
    put: async (tenant, places, { answer, storedAtMs }, nowMs) => {
      const encoded = encodeAnswer(answer);
      if (encoded.length > options.maxEntryBytes) return false;
      const values = places.map((place) => ({
        name: place.name,
        expiresAtMs: nowMs + place.ttlMs,
        value: encodeEntry(encoded, storedAtMs, nowMs + place.ttlMs, place.requestDigest),
      }));
      return reported(() => entries.write(tenant, values, nowMs));
    },
    nearest: async () => [],
    remove: async () => false,
    removeAll: async () => 0,
    isReady: () => database.isOpen,
    close: async () => {
      if (!database.isOpen) return;
      reported(() => entries.writeUses());
      database.close();
    },
  };
}

type Value = Pick<PlaceToFill, "name"> & { readonly expiresAtMs: number; readonly value: Uint8Array };

function boundedEntries(database: DatabaseSync, maxBytes: number) {
  const statements = prepareStatements(database);
  const uses = new Map<number, number>();
  let totalBytes = statements.totalBytes();

  function touchUsed(): void {
    for (const [id, usedAtMs] of uses) statements.touch(id, usedAtMs);
  }

  function writeUses(): void {
    inTransaction(database, touchUsed);
    uses.clear();
  }

  /** Removes the least recently used, by their uses up to now, until `excessBytes` are freed; returns how many were. */
  function evict(excessBytes: number): number {
    touchUsed();
    let freedBytes = 0;
    while (freedBytes < excessBytes) {
      const oldest = statements.leastUsed();
      if (oldest.length === 0) break;
      for (const { id } of oldest) {
        freedBytes += statements.remove(id);
        if (freedBytes >= excessBytes) break;
      }
    }
    return freedBytes;
  }

  return {
    find(tenant: string, name: string, nowMs: number): Entry | undefined {
      const row = statements.find(tenant, name);
      if (row === undefined) return undefined;
      const entry = decodeEntry(row.value, nowMs);
      if (entry === "expired" || entry === "unreadable") {
        totalBytes -= statements.remove(row.id);
        return undefined;
      }
      if (nowMs - row.used_at_ms >= useGrainMs) uses.set(row.id, nowMs);
      if (uses.size >= maxPendingUses) writeUses();
      return entry;
    },
    /** False, and nothing is written, if the values alone would fill the store. */
    write(tenant: string, values: readonly Value[], nowMs: number): boolean {
      const sizes = values.map(({ value }) => value.length + rowOverheadBytes);
      if (sizes.reduce((sum, bytes) => sum + bytes, 0) > maxBytes) return false;
      let evicts = false;
      totalBytes += inTransaction(database, () => {
        let addedBytes = 0;
        values.forEach(({ name, expiresAtMs, value }, index) => {
          const bytes = sizes[index] as number;
          addedBytes += bytes - statements.write(tenant, name, bytes, expiresAtMs, nowMs, value);
        });
        // A few at every write: more than come, and never so many that callers wait for it.
        for (const { id } of statements.expired(nowMs)) addedBytes -= statements.remove(id);
        const excessBytes = totalBytes + addedBytes - maxBytes;
        evicts = excessBytes > 0;
        return evicts ? addedBytes - evict(excessBytes) : addedBytes;
      });
      if (evicts) uses.clear();
      return true;
    },
    writeUses,
  };
}

function reported<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeUnavailable(error as Error);
  }
}
