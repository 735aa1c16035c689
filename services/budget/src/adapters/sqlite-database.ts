import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { measures } from "../domain/totals.ts";

/** "SwBu": marks the file as a budget database of this platform. */
const applicationId = 0x53774275n;
const version = 4n;
/** A ledger of version 3 does not say what prompts began with, and is otherwise the same. */
const toVersion4 = "ALTER TABLE ledger ADD COLUMN prompt_prefix TEXT NOT NULL DEFAULT ''; PRAGMA user_version = 4;";

const schema = `
  CREATE TABLE account (
    scope TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'month')),
    start_ms INTEGER NOT NULL,
    used_tokens INTEGER NOT NULL,
    used_cost INTEGER NOT NULL,
    reserved_tokens INTEGER NOT NULL,
    reserved_cost INTEGER NOT NULL,
    PRIMARY KEY (start_ms, period, scope)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE meter (
    scope TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('tokens', 'requests')),
    level INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    held INTEGER NOT NULL,
    PRIMARY KEY (scope, unit)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE request (
    tenant TEXT NOT NULL,
    request_id TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('reserved', 'presumed', 'released', 'settled')),
    expires_at_ms INTEGER NOT NULL,
    settled_tokens INTEGER NOT NULL,
    settled_cost INTEGER NOT NULL,
    caller TEXT NOT NULL,
    first_tier TEXT,
    reserved TEXT NOT NULL,
    counting TEXT,
    PRIMARY KEY (tenant, request_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX request_by_expiry ON request (phase, expires_at_ms);

  CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    booked_at_ms INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    request_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    outcome TEXT NOT NULL,
    input_tokens INTEGER,
    cached_input_tokens INTEGER,
    output_tokens INTEGER,
    reasoning_tokens INTEGER,
    usage_extra TEXT,
    usage_estimated INTEGER NOT NULL,
    cost_usd_nanos INTEGER NOT NULL,
    baseline_cost_usd_nanos INTEGER NOT NULL,
    cache_verdict TEXT NOT NULL,
    task TEXT NOT NULL,
    tier TEXT NOT NULL,
    wasted INTEGER NOT NULL,
    hedge INTEGER NOT NULL,
    request_count INTEGER NOT NULL,
    day_ms INTEGER NOT NULL,
    prompt_prefix TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX ledger_by_tenant ON ledger (tenant, sequence);

  CREATE TABLE total (
    day_ms INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    tenant TEXT NOT NULL,
    feature TEXT NOT NULL,
    user TEXT NOT NULL,
    model TEXT NOT NULL,
    ${measures.map((measure) => `${measure} INTEGER NOT NULL`).join(",\n    ")},
    PRIMARY KEY (day_ms, organisation, tenant, feature, user, model)
  ) STRICT, WITHOUT ROWID;

  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${version};
`;

/**
 * Opens the database at `path`, or makes it where there is none. Integers are read as bigint. Throws an Error that names the
 * file and what to do about it if it is not a sound budget database: the ledger is nothing to start over from silently.
 */
export function openBudgetDatabase(path: string): DatabaseSync {
  refuseRemains(path);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new DatabaseSync(path, { timeout: 5_000, readBigInts: true });
    // NORMAL in WAL mode: every commit is with the operating system, which outlives a killed process; a power failure can
    // take the last moments.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    checkSound(database);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    throw unusable(path, (error as Error).message, error);
  }
}

function refuseRemains(path: string): void {
  if (existsSync(path)) {
    if (statSync(path).size === 0) throw unusable(path, "the file is empty");
  } else if (existsSync(`${path}-wal`)) {
    throw unusable(path, "the file is missing, but its write-ahead log is still there");
  }
}

function checkSound(database: DatabaseSync): void {
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  if (database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined) {
    database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    return;
  }
  if (pragma("application_id") !== applicationId) throw new Error("it is a database of something else");
  if (pragma("user_version") === 3n) database.exec(`BEGIN IMMEDIATE; ${toVersion4} COMMIT;`);
  if (pragma("user_version") !== version) throw new Error("it was written by another version of the platform");
  const finding = pragma("quick_check(1)");
  if (finding !== "ok") throw new Error(`it is damaged (${String(finding).replaceAll("\n", " ")})`);
}

function unusable(path: string, why: string, cause?: unknown): Error {
  const advice = "put a sound copy there, or move what is there away to start with an empty ledger";
  return new Error(`cannot open the budget database ${path}: ${why}; ${advice}`, { cause });
}
