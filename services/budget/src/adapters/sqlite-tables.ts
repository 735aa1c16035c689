import type { DatabaseSync } from "node:sqlite";
import { type Amount, nothing } from "../domain/amount.ts";
import type { Balance } from "../domain/judge.ts";
import type { BookedLine, LedgerLine } from "../domain/ledger.ts";
import { type Bucket, emptyBucket } from "../domain/rate.ts";
import { type Group, names, namesOf, type TotalsQuery } from "../domain/report.ts";
import type { RequestRecord } from "../domain/request.ts";
import type { Account, Meter } from "../domain/terms.ts";
import { measures, totalsOf } from "../domain/totals.ts";
import type { LedgerPage } from "../ports.ts";
import {
  type AccountRow,
  fromLine,
  fromRecord,
  type LedgerRow,
  type MeterRow,
  type RequestRow,
  type TotalRow,
  toGroup,
  toLine,
  toRecord,
} from "./sqlite-rows.ts";

/** Requests or lines that one transaction forgets at most, so that no operation waits long for it. */
export const forgottenAtOnce = 1_000;

export type Tables = ReturnType<typeof openTables>;

/** Prepared once, these are all the statements of the store. */
export function openTables(database: DatabaseSync) {
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    requests: requestTable(database),
    accounts: accountTable(database),
    meters: meterTable(database),
    ledger: ledgerTable(database),
    totals: totalTable(database),
  };
}

function requestTable(database: DatabaseSync) {
  const find = database.prepare("SELECT * FROM request WHERE tenant = ? AND request_id = ?");
  const put = database.prepare(`INSERT OR REPLACE INTO request VALUES (${places(10)})`);
  const overdue = database.prepare("SELECT * FROM request WHERE phase = 'reserved' AND expires_at_ms <= ?");
  const forget = database.prepare(
    `DELETE FROM request WHERE (tenant, request_id) IN (
       SELECT tenant, request_id FROM request
       WHERE phase IN ('presumed', 'released', 'settled') AND expires_at_ms < ? LIMIT ${forgottenAtOnce})`,
  );
  return {
    find(tenant: string, requestId: string): RequestRecord | undefined {
      const row = find.get(tenant, requestId) as unknown as RequestRow | undefined;
      return row && toRecord(row);
    },
    put(requestId: string, record: RequestRecord): void {
      put.run(...fromRecord(requestId, record));
    },
    /** Reservations whose lease ended, of every tenant. */
    overdue: (nowMs: number) =>
      (overdue.all(nowMs) as unknown as RequestRow[]).map((row) => ({
        requestId: row.request_id,
        record: toRecord(row),
      })),
    /** Forgets requests that ended before; returns how many. */
    forget: (beforeMs: number) => Number(forget.run(beforeMs).changes),
  };
}

function accountTable(database: DatabaseSync) {
  const find = database.prepare("SELECT * FROM account WHERE start_ms = ? AND period = ? AND scope = ?");
  const add = database.prepare(
    `INSERT INTO account VALUES (${places(7)})
     ON CONFLICT DO UPDATE SET
       used_tokens = used_tokens + excluded.used_tokens, used_cost = used_cost + excluded.used_cost,
       reserved_tokens = reserved_tokens + excluded.reserved_tokens, reserved_cost = reserved_cost + excluded.reserved_cost`,
  );
  const forget = database.prepare("DELETE FROM account WHERE start_ms < ? AND period = ?");
  return {
    find({ scope, period }: Pick<Account, "scope" | "period">, startMs: number): Balance {
      const row = find.get(startMs, period, scope) as AccountRow | undefined;
      if (row === undefined) return { used: nothing, reserved: nothing };
      return {
        used: { tokens: row.used_tokens, costUsdNanos: row.used_cost },
        reserved: { tokens: row.reserved_tokens, costUsdNanos: row.reserved_cost },
      };
    },
    add({ scope, period }: Account, startMs: number, used: Amount, reserved: Amount): void {
      add.run(scope, period, startMs, used.tokens, used.costUsdNanos, reserved.tokens, reserved.costUsdNanos);
    },
    /** Forgets the days or months that began before. */
    forget(period: Account["period"], startMs: number): void {
      forget.run(startMs, period);
    },
  };
}

function meterTable(database: DatabaseSync) {
  const find = database.prepare("SELECT * FROM meter WHERE scope = ? AND unit = ?");
  const put = database.prepare(`INSERT OR REPLACE INTO meter VALUES (${places(5)})`);
  const forget = database.prepare("DELETE FROM meter WHERE held = 0 AND at_us < ?");
  return {
    find({ scope, unit }: Meter): Bucket {
      const row = find.get(scope, unit) as MeterRow | undefined;
      return row === undefined
        ? emptyBucket
        : { level: Number(row.level), atUs: Number(row.at_us), held: Number(row.held) };
    },
    put({ scope, unit }: Meter, { level, atUs, held }: Bucket): void {
      put.run(scope, unit, BigInt(level), BigInt(atUs), BigInt(held));
    },
    /** Forgets the meters that nothing was poured into since. */
    forget(beforeUs: number): void {
      forget.run(beforeUs);
    },
  };
}

function ledgerTable(database: DatabaseSync) {
  const append = database.prepare(`INSERT INTO ledger VALUES (NULL, ${places(23)})`);
  const ofAll = database.prepare("SELECT * FROM ledger WHERE sequence > ? ORDER BY sequence LIMIT ?");
  const trim = database.prepare(
    `DELETE FROM ledger WHERE sequence IN (SELECT sequence FROM ledger ORDER BY sequence LIMIT ${forgottenAtOnce})
       AND booked_at_ms < ?`,
  );
  const ofTenant = database.prepare("SELECT * FROM ledger WHERE tenant = ? AND sequence > ? ORDER BY sequence LIMIT ?");
  return {
    append(line: LedgerLine, dayMs: number, bookedAtMs: number): void {
      append.run(...fromLine(line, dayMs, bookedAtMs));
    },
    /** Forgets the oldest lines that were booked before; returns how many. */
    trim: (beforeMs: number) => Number(trim.run(beforeMs).changes),
    read({ tenant, afterSequence, limit }: LedgerPage): BookedLine[] {
      const rows = tenant === undefined ? ofAll.all(afterSequence, limit) : ofTenant.all(tenant, afterSequence, limit);
      return (rows as unknown as LedgerRow[]).map(toLine);
    },
  };
}

function totalTable(database: DatabaseSync) {
  const add = database.prepare(
    `INSERT INTO total VALUES (${places(1 + names.length + measures.length)})
     ON CONFLICT DO UPDATE SET ${measures.map((measure) => `${measure} = ${measure} + excluded.${measure}`).join(", ")}`,
  );
  return {
    add(line: LedgerLine, dayMs: number): void {
      const own = namesOf(line);
      const totals = totalsOf(line);
      add.run(dayMs, ...names.map((name) => own[name]), ...measures.map((measure) => totals[measure]));
    },
    read({ filter, by }: TotalsQuery): Group[] {
      const bounds = names.filter((name) => filter[name] !== undefined);
      const columns = by.map((dimension) => (dimension === "day" ? "day_ms AS dayMs" : dimension));
      const sums = measures.map((measure) => `sum(${measure}) AS ${measure}`);
      const rows = database
        .prepare(
          `SELECT ${[...columns, ...sums].join(", ")} FROM total
           WHERE ${["day_ms >= ? AND day_ms < ?", ...bounds.map((name) => `${name} = ?`)].join(" AND ")}
           GROUP BY ${by.map((dimension) => (dimension === "day" ? "day_ms" : dimension)).join(", ") || "NULL"}`,
        )
        .all(filter.fromMs, filter.toMs, ...bounds.map((name) => filter[name] as string));
      return rows.map((row) => toGroup(row as unknown as TotalRow));
    },
  };
}

const places = (count: number) => Array(count).fill("?").join(", ");
