import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

const schemaVersion = 2;

// The value stands last, so that reading the other columns never walks its pages.
const schema = `
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  model TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER NOT NULL,
  value BLOB NOT NULL,
  UNIQUE (tenant, name)
) STRICT;
CREATE INDEX entry_by_expiry ON entry (expires_at_ms);
CREATE INDEX entry_by_use ON entry (used_at_ms);
CREATE INDEX entry_by_model ON entry (tenant, model);
CREATE TABLE meaning (
  entry INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  partition TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  vector BLOB NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX meaning_by_partition ON meaning (tenant, partition);
CREATE TABLE tag (
  tenant TEXT NOT NULL,
  tag TEXT NOT NULL,
  entry INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  PRIMARY KEY (tenant, tag, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_entry ON tag (entry);
PRAGMA user_version = ${schemaVersion};`;

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damaged: ReadonlySet<unknown> = new Set([11, 26]);

/**
 * Opens the cache's database, its folder included. A cache may forget: a file that is damaged, or of another schema, is
 * replaced by an empty one, and `onReplaced` hears why. Throws where the file cannot be made.
 */
export function openCacheDatabase(path: string, onReplaced: (reason: string) => void): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const database = open(path);
    if (database) return database;
    onReplaced("its schema is another version");
  } catch (error) {
    if (!damaged.has((error as { errcode?: number }).errcode)) throw error;
    onReplaced("the file is damaged");
  }
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  return open(path) as DatabaseSync;
}

/** Undefined where the file has another schema. */
function open(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 1_000 });
  try {
    // SQLite gives the files beside it the same mode.
    chmodSync(path, 0o600);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    if (version === 0 || version === schemaVersion) return database;
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}
