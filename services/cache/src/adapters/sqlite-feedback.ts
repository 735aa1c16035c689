import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Evidence, evidenceLifeMs, type Feedback } from "../ports.ts";
import { storeUnavailable } from "./store-unavailable.ts";

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS evidence (
  tenant TEXT NOT NULL,
  partition TEXT NOT NULL,
  bad INTEGER NOT NULL,
  hits INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS report (
  tenant TEXT NOT NULL,
  partition TEXT NOT NULL,
  answer TEXT NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, partition, answer)
) STRICT, WITHOUT ROWID;`;

const none: Evidence = { bad: 0, hits: 0 };

/** Remembers feedback in one SQLite file of its own: a cache that is emptied does not forget what it did wrong. */
export function createSqliteFeedback(path: string): Feedback {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 1_000 });
  database.exec(schema);
  const find = database.prepare("SELECT bad, hits FROM evidence WHERE tenant = ? AND partition = ? AND ends_at_ms > ?");
  const addHit = database.prepare(
    "UPDATE evidence SET hits = hits + 1 WHERE tenant = ? AND partition = ? AND ends_at_ms > ?",
  );
  const addReport = database.prepare(
    "INSERT INTO report (tenant, partition, answer, ends_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const addBad = database.prepare(
    `INSERT INTO evidence (tenant, partition, bad, hits, ends_at_ms) VALUES (?, ?, 1, 0, ?)
     ON CONFLICT DO UPDATE SET bad = bad + 1, ends_at_ms = excluded.ends_at_ms`,
  );
  const forget = ["evidence", "report"].map((table) => database.prepare(`DELETE FROM ${table} WHERE ends_at_ms <= ?`));

  function report(tenant: string, partition: string, answer: string, nowMs: number): void {
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const old of forget) old.run(nowMs);
      const endsAtMs = nowMs + evidenceLifeMs;
      if (addReport.run(tenant, partition, answer, endsAtMs).changes > 0) addBad.run(tenant, partition, endsAtMs);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    of: async (tenant, partition, nowMs) =>
      reported(() => (find.get(tenant, partition, nowMs) as Evidence | undefined) ?? none),
    countHit: async (tenant, partition, nowMs) => reported(() => void addHit.run(tenant, partition, nowMs)),
    report: async (tenant, partition, answer, nowMs) => reported(() => report(tenant, partition, answer, nowMs)),
    close: async () => {
      if (database.isOpen) database.close();
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
