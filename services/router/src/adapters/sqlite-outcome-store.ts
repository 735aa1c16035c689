import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { KeptRequest } from "../domain/outcomes/kept-request.ts";
import { binOf, type Cell } from "../domain/outcomes/tables.ts";
import { Refusal } from "../domain/refusal.ts";
import type { OutcomeStore, PolicySnapshot } from "../ports.ts";
import { cellsOf } from "./outcome-cells.ts";
import type { OutcomeStoreLimits } from "./outcome-store-limits.ts";

export interface SqliteOutcomeOptions extends OutcomeStoreLimits {
  /** The database file; made, with its folder, where it is not there. `:memory:`: none. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

const schema = `
CREATE TABLE IF NOT EXISTS request (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, id TEXT NOT NULL, kept_at_ms INTEGER NOT NULL,
  value TEXT NOT NULL, UNIQUE (tenant, id)
) STRICT;
CREATE INDEX IF NOT EXISTS request_kept_at ON request (kept_at_ms);
CREATE TABLE IF NOT EXISTS judged (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL,
  UNIQUE (tenant, id, source)
) STRICT;
CREATE TABLE IF NOT EXISTS bin (
  model TEXT NOT NULL, task TEXT NOT NULL, bin INTEGER NOT NULL, count REAL NOT NULL, score REAL NOT NULL,
  PRIMARY KEY (model, task, bin)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version (number INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value REAL) STRICT, WITHOUT ROWID;`;

/** Keeps outcomes and versions in one SQLite file (WAL), for one router process. */
export function createSqliteOutcomeStore({ path, nowMs, ...limits }: SqliteOutcomeOptions): OutcomeStore {
  const isFile = path !== ":memory:";
  if (isFile) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path);
  if (isFile) chmodSync(path, 0o600);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000; ${schema}`);
  const run = (sql: string, ...values: (string | number | null)[]) => database.prepare(sql).run(...values);
  const all = <Row>(sql: string, ...values: (string | number)[]) => database.prepare(sql).all(...values) as Row[];
  const atOnce = <T>(work: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };
  const parse = <T>(rows: readonly { readonly value: string }[]) => rows.map(({ value }) => JSON.parse(value) as T);
  const stateOf = (name: string) =>
    all<{ value: number | null }>("SELECT value FROM state WHERE name = ?", name)[0]?.value ?? undefined;
  const setState = (name: string, value: number | undefined) =>
    run("INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value ?? null);
  const trim = (table: "request" | "judged") =>
    run(`DELETE FROM ${table} WHERE sequence <= (SELECT max(sequence) FROM ${table}) - ?`, limits.maxRequests);

  const store: OutcomeStore = {
    keep: async (requests) =>
      atOnce(() => {
        const insert = database.prepare(
          "INSERT INTO request (tenant, id, kept_at_ms, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        );
        for (const one of requests) insert.run(one.tenant, one.requestId, nowMs(), JSON.stringify(one));
        run("DELETE FROM request WHERE kept_at_ms < ?", nowMs() - limits.keepMs);
        trim("request");
      }),
    find: async (tenant, requestId) =>
      parse<KeptRequest>(
        all(
          "SELECT value FROM request WHERE tenant = ? AND id = ? AND kept_at_ms >= ?",
          tenant,
          requestId,
          nowMs() - limits.keepMs,
        ),
      )[0],
    recent: async (limit) => parse(all("SELECT value FROM request ORDER BY sequence DESC LIMIT ?", limit)),
    record: async ({ tenant, requestId, source, model, task, prior, score, weight }) =>
      atOnce(() => {
        if (requestId !== "") {
          const sql = "INSERT INTO judged (tenant, id, source) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
          if (run(sql, tenant, requestId, source).changes === 0) return false;
          trim("judged");
        }
        addTo(model, task, binOf(prior), weight, weight * score);
        setState("outcomes", (stateOf("outcomes") ?? 0) + weight);
        forget(model, task);
        return true;
      }),
    tables: async () => {
      const rows = all<{ model: string; task: Task; bin: number; count: number; score: number }>("SELECT * FROM bin");
      return { cells: cellsOf(rows), outcomeCount: stateOf("outcomes") ?? 0 };
    },
    replaceTables: async (cells, outcomeCount) =>
      atOnce(() => {
        database.exec("DELETE FROM bin");
        for (const { model, task, counts, scores } of cells) {
          for (const [bin, count] of counts.entries()) if (count > 0) addTo(model, task, bin, count, scores[bin] ?? 0);
        }
        setState("outcomes", outcomeCount);
      }),
    publish: async (snapshot) =>
      atOnce(() => {
        const sql = "INSERT INTO version VALUES (?, ?) ON CONFLICT DO NOTHING";
        run(sql, snapshot.number, JSON.stringify(snapshot));
        run(
          "DELETE FROM version WHERE number <= (SELECT max(number) FROM version) - ? AND number IS NOT ?",
          limits.maxVersions,
          stateOf("pinned") ?? null,
        );
      }),
    versions: async () => parse<PolicySnapshot>(all("SELECT value FROM version ORDER BY number DESC")),
    version: async (number) => parse<PolicySnapshot>(all("SELECT value FROM version WHERE number = ?", number))[0],
    pinned: async () => stateOf("pinned"),
    pin: async (number) => void setState("pinned", number),
    close: async () => database.close(),
  };

  function addTo(model: string, task: Cell["task"], bin: number, count: number, score: number): void {
    const sql = `INSERT INTO bin VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (model, task, bin) DO UPDATE SET count = count + excluded.count, score = score + excluded.score`;
    run(sql, model, task, bin, count, score);
  }
  function forget(model: string, task: Cell["task"]): void {
    const [sum] = all<{ total: number }>(
      "SELECT sum(count) AS total FROM bin WHERE model = ? AND task = ?",
      model,
      task,
    );
    if ((sum?.total ?? 0) <= limits.maxPerCell) return;
    run("UPDATE bin SET count = count / 2, score = score / 2 WHERE model = ? AND task = ?", model, task);
  }
  return refusingFaults(store);
}

/** A store whose faults are told as what they are to the caller: it cannot be reached. */
function refusingFaults(store: OutcomeStore): OutcomeStore {
  const guarded = Object.entries(store).map(([name, work]) => [
    name,
    async (...given: readonly unknown[]) => {
      try {
        return await (work as (...values: readonly unknown[]) => Promise<unknown>)(...given);
      } catch (error) {
        throw error instanceof Refusal ? error : unavailable(error);
      }
    },
  ]);
  return Object.fromEntries(guarded) as OutcomeStore;
}

const unavailable = (cause: unknown) =>
  Object.assign(new Refusal("SERVICE_UNAVAILABLE", "the store of outcomes cannot be reached"), { cause });
