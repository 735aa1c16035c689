import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Meaning, Neighbour } from "../ports.ts";
import { quantize, quantizedBytes, readQuantized } from "./quantized.ts";
import { type PartitionIndex, partitionIndex } from "./vector-index.ts";

/** A change of the index, to be made once the file has it. */
export type Change = () => void;

interface MeaningRow {
  readonly entry: number;
  readonly expires_at_ms: number;
  readonly vector: Uint8Array;
}

/** A partition in memory, and the reading of it from the file while that goes on. */
interface Loaded {
  readonly index: PartitionIndex;
  loading: Promise<void> | undefined;
}

/** Rows that are read in one turn of the event loop: a few milliseconds. */
const rowsPerTurn = 2_000;

/**
 * What entries mean: in the file, and in memory where it was searched lately, `maxBytesInMemory` at most beside the partition
 * that is searched.
 */
export function sqliteMeanings(database: DatabaseSync, maxBytesInMemory: number) {
  const write = database.prepare(
    "INSERT INTO meaning (entry, tenant, partition, expires_at_ms, vector, text) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM meaning WHERE entry = ? RETURNING tenant, partition");
  const some = database.prepare(
    `SELECT entry, expires_at_ms, vector FROM meaning WHERE tenant = ? AND partition = ? AND entry > ?
     ORDER BY entry LIMIT ${rowsPerTurn}`,
  );
  const describe = database.prepare(
    `SELECT name, text FROM meaning JOIN entry ON entry.id = meaning.entry
     WHERE meaning.entry = ? AND meaning.tenant = ? AND meaning.partition = ?`,
  );
  /** Those searched last stand last. */
  const partitions = new Map<string, Loaded>();
  let bytesInMemory = 0;

  /** Changes a partition that is in memory; false if it is not, or not any more. */
  function change(key: string, work: (index: PartitionIndex) => void, of = partitions.get(key)): boolean {
    if (of === undefined || partitions.get(key) !== of) return false;
    bytesInMemory -= of.index.bytes;
    work(of.index);
    bytesInMemory += of.index.bytes;
    return true;
  }

  function shed(searched: string): void {
    for (const [key, { index }] of partitions) {
      if (bytesInMemory <= maxBytesInMemory) return;
      if (key === searched) continue;
      partitions.delete(key);
      bytesInMemory -= index.bytes;
    }
  }

  /** What is written and removed while it goes on changes the index as ever. */
  async function load(key: string, tenant: string, partition: string, loaded: Loaded): Promise<void> {
    for (let after = 0; ; await nextTurn()) {
      const rows = some.all(tenant, partition, after) as unknown as MeaningRow[];
      const isHere = change(
        key,
        (index) => {
          for (const { entry: id, expires_at_ms: expiresAtMs, vector } of rows) {
            index.set({ id, expiresAtMs, ...readQuantized(vector) });
          }
        },
        loaded,
      );
      if (!isHere || rows.length < rowsPerTurn) return;
      after = (rows.at(-1) as MeaningRow).entry;
    }
  }

  async function open(key: string, tenant: string, partition: string, dimensions: number): Promise<PartitionIndex> {
    const known = partitions.get(key);
    const loaded = known ?? { index: partitionIndex(dimensions), loading: undefined };
    partitions.delete(key);
    partitions.set(key, loaded);
    if (!known) {
      bytesInMemory += loaded.index.bytes;
      loaded.loading = load(key, tenant, partition, loaded);
      // Whoever comes next reads again what could not be read.
      loaded.loading.then(
        () => {
          loaded.loading = undefined;
          if (loaded.index.size === 0) drop(key, loaded);
        },
        () => drop(key, loaded),
      );
    }
    if (loaded.loading) await loaded.loading;
    shed(key);
    return loaded.index;
  }

  function drop(key: string, loaded: Loaded): void {
    if (partitions.get(key) !== loaded) return;
    partitions.delete(key);
    bytesInMemory -= loaded.index.bytes;
  }

  /** Within a transaction, before the entry itself goes. */
  function forget(id: number): Change | undefined {
    const row = remove.get(id) as { tenant: string; partition: string } | undefined;
    return row && (() => void change(keyOf(row.tenant, row.partition), (index) => index.remove(id)));
  }

  return {
    forget,
    /** Within a transaction. Over what the entry meant before. */
    write(id: number, tenant: string, { partition, vector, text }: Meaning, expiresAtMs: number): Change {
      const quantized = quantize(vector);
      const forgetOld = forget(id);
      write.run(id, tenant, partition, expiresAtMs, quantizedBytes(quantized), text);
      return () => {
        forgetOld?.();
        change(keyOf(tenant, partition), (index) => index.set({ id, expiresAtMs, ...quantized }));
      };
    },
    async nearest(
      tenant: string,
      { partition, vector }: Omit<Meaning, "text">,
      count: number,
      nowMs: number,
    ): Promise<Neighbour[]> {
      const index = await open(keyOf(tenant, partition), tenant, partition, vector.length);
      const found = await index.nearest(vector, count, nowMs);
      return found.flatMap(({ id, cosine }) => {
        // Meanwhile it may have become the id of another's entry.
        const row = describe.get(id, tenant, partition) as { name: string; text: string } | undefined;
        return row ? [{ ...row, cosine }] : [];
      });
    },
  };
}

const keyOf = (tenant: string, partition: string) => `${tenant.length}:${tenant}${partition}`;
