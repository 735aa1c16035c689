import type { DatabaseSync } from "node:sqlite";

export interface EntryRow {
  readonly id: number;
  readonly used_at_ms: number;
  readonly value: Uint8Array;
}

export type EntryStatements = ReturnType<typeof prepareStatements>;

/** Every statement on the entries, prepared once. Sizes are in bytes. */
export function prepareStatements(database: DatabaseSync) {
  const find = database.prepare("SELECT id, used_at_ms, value FROM entry WHERE tenant = ? AND name = ?");
  const size = database.prepare("SELECT bytes FROM entry WHERE tenant = ? AND name = ?");
  const write = database.prepare(
    `INSERT INTO entry (tenant, name, bytes, expires_at_ms, used_at_ms, value) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET bytes = excluded.bytes, expires_at_ms = excluded.expires_at_ms,
       used_at_ms = excluded.used_at_ms, value = excluded.value`,
  );
  const touch = database.prepare("UPDATE entry SET used_at_ms = max(used_at_ms, ?) WHERE id = ?");
  const remove = database.prepare("DELETE FROM entry WHERE id = ? RETURNING bytes");
  const expired = database.prepare("SELECT id FROM entry WHERE expires_at_ms <= ? LIMIT 8");
  const leastUsed = database.prepare("SELECT id FROM entry ORDER BY used_at_ms, id LIMIT 16");
  const total = database.prepare("SELECT total(bytes) AS bytes FROM entry");
  const bytesOf = (row: unknown) => (row as { bytes: number } | undefined)?.bytes ?? 0;
  return {
    find: (tenant: string, name: string) => find.get(tenant, name) as EntryRow | undefined,
    /** Returns the size of the row that was there before, 0 if none was. */
    write(
      tenant: string,
      name: string,
      bytes: number,
      expiresAtMs: number,
      usedAtMs: number,
      value: Uint8Array,
    ): number {
      const before = bytesOf(size.get(tenant, name));
      write.run(tenant, name, bytes, expiresAtMs, usedAtMs, value);
      return before;
    },
    touch: (id: number, usedAtMs: number) => void touch.run(usedAtMs, id),
    /** Returns the size of what was removed, 0 if it was gone. */
    remove: (id: number): number => bytesOf(remove.get(id)),
    /** A few of those that have expired. */
    expired: (nowMs: number) => expired.all(nowMs) as unknown as Pick<EntryRow, "id">[],
    /** A few of those used longest ago, the oldest use first. */
    leastUsed: () => leastUsed.all() as unknown as Pick<EntryRow, "id">[],
    totalBytes: (): number => bytesOf(total.get()),
  };
}

/** Runs `work` as one transaction; takes everything back if it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
