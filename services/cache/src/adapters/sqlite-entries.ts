import type { DatabaseSync } from "node:sqlite";
import type { Entry, Meaning, Neighbour, PlaceToFill, Removal } from "../ports.ts";
import { decodeEntry } from "./entry-codec.ts";
import { type Change, sqliteMeanings } from "./sqlite-meanings.ts";
import { inTransaction, prepareStatements } from "./sqlite-statements.ts";

/** An entry as it is written. */
export type NewEntry = Pick<PlaceToFill, "name" | "meaning" | "tags"> & {
  readonly model: string;
  readonly expiresAtMs: number;
  readonly value: Uint8Array;
};

/** Entries that are written together, or not at all. */
export interface EntryWrite {
  readonly tenant: string;
  readonly entries: readonly NewEntry[];
  readonly nowMs: number;
}

/** What a row costs beside its value, roughly. */
const rowOverheadBytes = 256;

/** What a meaning costs beside its text and a byte per dimension, in the file and in memory, roughly. */
const meaningOverheadBytes = 256;

/** Uses closer together than this count as one, so that a hot entry is not written at every hit. */
const useGrainMs = 60_000;
const maxPendingUses = 256;

const maxVectorBytesInMemory = 256 * 1024 * 1024;

/** The entries of the file, bounded by `maxBytes`, with their meanings. */
export function sqliteEntries(database: DatabaseSync, maxBytes: number) {
  const statements = prepareStatements(database);
  const meanings = sqliteMeanings(database, maxVectorBytesInMemory);
  const uses = new Map<number, number>();
  let totalBytes = statements.totalBytes();

  /** What is to be done once the file has the transaction that is running. */
  let changes: Change[] = [];

  /** Runs `work`, which returns by how much the entries grow, as one transaction; then indexes follow. */
  function changing(work: () => number): void {
    changes = [];
    totalBytes += inTransaction(database, work);
    for (const change of changes) change();
  }

  /** Returns the bytes that are freed. */
  function drop(id: number): number {
    const change = meanings.forget(id);
    if (change) changes.push(change);
    uses.delete(id);
    return statements.remove(id);
  }

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
        freedBytes += drop(id);
        if (freedBytes >= excessBytes) break;
      }
    }
    return freedBytes;
  }

  function write(tenant: string, entry: NewEntry, nowMs: number): number {
    const bytes = bytesOf(entry);
    const { meaning, tags = [], ...row } = entry;
    const { id, bytesBefore } = statements.write({ tenant, bytes, usedAtMs: nowMs, ...row });
    const change = meaning ? meanings.write(id, tenant, meaning, row.expiresAtMs) : meanings.forget(id);
    if (change) changes.push(change);
    statements.writeTags(id, tenant, tags);
    return bytes - bytesBefore;
  }

  return {
    find(tenant: string, name: string, nowMs: number): Entry | undefined {
      const row = statements.find(tenant, name);
      if (row === undefined) return undefined;
      const entry = decodeEntry(row.value, nowMs);
      if (entry === "expired" || entry === "unreadable") {
        changing(() => -drop(row.id));
        return undefined;
      }
      if (nowMs - row.used_at_ms >= useGrainMs) uses.set(row.id, nowMs);
      if (uses.size >= maxPendingUses) writeUses();
      return entry;
    },
    /** Of each, false where its entries alone would fill the store: then nothing of it is written. */
    writeAll(writes: readonly EntryWrite[]): boolean[] {
      const fitting = writes.map(({ entries }) => entries.reduce((sum, entry) => sum + bytesOf(entry), 0) <= maxBytes);
      let evicts = false;
      changing(() => {
        let addedBytes = 0;
        writes.forEach(({ tenant, entries, nowMs }, index) => {
          if (!fitting[index]) return;
          for (const entry of entries) addedBytes += write(tenant, entry, nowMs);
        });
        const { nowMs } = writes.at(-1) as EntryWrite;
        // More than come, and never so many that callers wait for it.
        for (const { id } of statements.expired(nowMs, 8 * writes.length)) addedBytes -= drop(id);
        const excessBytes = totalBytes + addedBytes - maxBytes;
        evicts = excessBytes > 0;
        return evicts ? addedBytes - evict(excessBytes) : addedBytes;
      });
      if (evicts) uses.clear();
      return fitting;
    },
    nearest: (tenant: string, meaning: Omit<Meaning, "text">, count: number, nowMs: number): Promise<Neighbour[]> =>
      meanings.nearest(tenant, meaning, count, nowMs),
    remove(tenant: string, name: string): boolean {
      const row = statements.find(tenant, name);
      if (row !== undefined) changing(() => -drop(row.id));
      return row !== undefined;
    },
    /** Removes at most so many of those that fit, and returns how many. Fewer: there are no more. */
    removeSome(tenant: string, { tags, model }: Removal, limit: number): number {
      let removed = 0;
      changing(() => {
        let freedBytes = 0;
        const dropAll = (rows: readonly { readonly id: number }[]) => {
          for (const { id } of rows) freedBytes += drop(id);
          removed += rows.length;
        };
        if (tags.length === 0) dropAll(statements.ofModel(tenant, model, limit));
        for (const tag of tags) dropAll(statements.tagged(tenant, tag, model, limit - removed));
        return -freedBytes;
      });
      return removed;
    },
    writeUses,
  };
}

function bytesOf({ value, meaning }: NewEntry): number {
  const ofMeaning = meaning ? meaning.vector.length + 2 * meaning.text.length + meaningOverheadBytes : 0;
  return value.length + rowOverheadBytes + ofMeaning;
}
