import type { DatabaseSync } from "node:sqlite";
import type { Meaning, Neighbour } from "../ports.ts";
import { quantize, quantizedBytes, readQuantized } from "./quantized.ts";
import { type PartitionIndex, partitionIndex } from "./vector-index.ts";

interface MeaningRow {
  readonly entry: number;
  readonly expires_at_ms: number;
  readonly vector: Uint8Array;
}

/** A change of the index that the file is to have first. */
export type Change = () => void;

/** The meanings of entries: in the file, and those of partitions that were searched lately in memory as well. */
export function sqliteMeanings(database: DatabaseSync, maxVectors: number) {
  const write = database.prepare(
    "INSERT INTO meaning (entry, tenant, partition, expires_at_ms, vector, text) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM meaning WHERE entry = ? RETURNING tenant, partition");
  const ofPartition = database.prepare(
    "SELECT entry, expires_at_ms, vector FROM meaning WHERE tenant = ? AND partition = ?",
  );
  const describe = database.prepare(
    "SELECT name, text FROM meaning JOIN entry ON entry.id = meaning.entry WHERE meaning.entry = ?",
  );
  const indexes = new Map<string, PartitionIndex>();
  let vectors = 0;

  function shed(kept: string): void {
    for (const [key, { size }] of indexes) {
      if (vectors <= maxVectors) return;
      if (key === kept) continue;
      indexes.delete(key);
      vectors -= size;
    }
  }

  function load(tenant: string, partition: string, dimensions: number): PartitionIndex {
    const index = partitionIndex(dimensions);
    for (const row of ofPartition.iterate(tenant, partition) as unknown as Iterable<MeaningRow>) {
      index.set({ id: row.entry, expiresAtMs: row.expires_at_ms, ...readQuantized(row.vector) });
    }
    vectors += index.size;
    return index;
  }

  /** Changes an index that is in memory, counting what that changes. */
  function change(tenant: string, partition: string, work: (index: PartitionIndex) => void): void {
    const index = indexes.get(keyOf(tenant, partition));
    if (!index) return;
    vectors -= index.size;
    work(index);
    vectors += index.size;
  }

  return {
    /** Within a transaction. Over what the entry meant before. */
    write(id: number, tenant: string, { partition, vector, text }: Meaning, expiresAtMs: number): Change {
      const quantized = quantize(vector);
      const forget = this.remove(id);
      write.run(id, tenant, partition, expiresAtMs, quantizedBytes(quantized), text);
      return () => {
        forget?.();
        change(tenant, partition, (index) => index.set({ id, expiresAtMs, ...quantized }));
      };
    },
    /** Within a transaction, before the entry itself goes. */
    remove(id: number): Change | undefined {
      const row = remove.get(id) as { tenant: string; partition: string } | undefined;
      return row && (() => change(row.tenant, row.partition, (index) => index.remove(id)));
    },
    nearest(tenant: string, { partition, vector }: Omit<Meaning, "text">, count: number, nowMs: number): Neighbour[] {
      const key = keyOf(tenant, partition);
      const index = indexes.get(key) ?? load(tenant, partition, vector.length);
      // Those searched last stand last.
      indexes.delete(key);
      if (index.size > 0) indexes.set(key, index);
      shed(key);
      return index.nearest(vector, count, nowMs).flatMap(({ id, cosine }) => {
        const row = describe.get(id) as { name: string; text: string } | undefined;
        return row ? [{ ...row, cosine }] : [];
      });
    },
  };
}

const keyOf = (tenant: string, partition: string) => `${tenant.length}:${tenant}${partition}`;
