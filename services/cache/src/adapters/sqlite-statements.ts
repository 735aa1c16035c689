import type { DatabaseSync } from "node:sqlite";

export interface EntryRow {
  readonly id: number;
  readonly used_at_ms: number;
  readonly value: Uint8Array;
}

export interface NewRow {
  readonly tenant: string;
  readonly name: string;
  readonly model: string;
  readonly bytes: number;
  readonly expiresAtMs: number;
  readonly usedAtMs: number;
  readonly value: Uint8Array;
}

export type EntryStatements = ReturnType<typeof prepareStatements>;

/** Every statement on the entries, prepared once. Sizes are in bytes. */
export function prepareStatements(database: DatabaseSync) {
  const find = database.prepare("SELECT id, used_at_ms, value FROM entry WHERE tenant = ? AND name = ?");
  const size = database.prepare("SELECT bytes FROM entry WHERE tenant = ? AND name = ?");
  const write = database.prepare(
    `INSERT INTO entry (tenant, name, model, bytes, expires_at_ms, used_at_ms, value) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET model = excluded.model, bytes = excluded.bytes, expires_at_ms = excluded.expires_at_ms,
       used_at_ms = excluded.used_at_ms, value = excluded.value
     RETURNING id`,
  );
  const untag = database.prepare("DELETE FROM tag WHERE entry = ?");
  const tag = database.prepare("INSERT OR IGNORE INTO tag (tenant, tag, entry) VALUES (?, ?, ?)");
  const tagged = database.prepare(
    "SELECT id FROM tag JOIN entry ON id = entry WHERE tag.tenant = ? AND tag = ? AND (? = '' OR model = ?) LIMIT ?",
  );
  const ofModel = database.prepare("SELECT id FROM entry WHERE tenant = ? AND model = ? LIMIT ?");
  const ofTenant = database.prepare("SELECT id FROM entry WHERE tenant = ? LIMIT ?");
  const touch = database.prepare("UPDATE entry SET used_at_ms = max(used_at_ms, ?) WHERE id = ?");
  const remove = database.prepare("DELETE FROM entry WHERE id = ? RETURNING bytes");
  const expired = database.prepare("SELECT id FROM entry WHERE expires_at_ms <= ? LIMIT ?");
  const leastUsed = database.prepare("SELECT id FROM entry ORDER BY used_at_ms, id LIMIT 16");
  const total = database.prepare("SELECT total(bytes) AS bytes FROM entry");
  const bytesOf = (row: unknown) => (row as { bytes: number } | undefined)?.bytes ?? 0;
  return {
    find: (tenant: string, name: string) => find.get(tenant, name) as EntryRow | undefined,
    /** Its id, and the size of the row that was there before, 0 if none was. */
    write({ tenant, name, model, bytes, expiresAtMs, usedAtMs, value }: NewRow): { id: number; bytesBefore: number } {
      const bytesBefore = bytesOf(size.get(tenant, name));
      const row = write.get(tenant, name, model, bytes, expiresAtMs, usedAtMs, value) as { id: number };
      return { id: row.id, bytesBefore };
    },
    /** Over the tags that the entry had. */
    writeTags(id: number, tenant: string, tags: readonly string[]): void {
      untag.run(id);
      for (const each of tags) tag.run(tenant, each, id);
    },
    /** A few of those that carry the tag and are of the model, if one is given. */
    tagged: (tenant: string, each: string, model: string, limit: number) =>
      tagged.all(tenant, each, model, model, limit) as unknown as Pick<EntryRow, "id">[],
    /** A few of a model's, or of a tenant's where none is given. */
    ofModel: (tenant: string, model: string, limit: number) =>
      (model === "" ? ofTenant.all(tenant, limit) : ofModel.all(tenant, model, limit)) as unknown as Pick<
        EntryRow,
        "id"
      >[],
    touch: (id: number, usedAtMs: number) => void touch.run(usedAtMs, id),
    /** Returns the size of what was removed, 0 if it was gone. */
    remove: (id: number): number => bytesOf(remove.get(id)),
    /** Some of those that have expired. */
    expired: (nowMs: number, limit: number) => expired.all(nowMs, limit) as unknown as Pick<EntryRow, "id">[],
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
