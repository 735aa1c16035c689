import { setImmediate } from "node:timers";
import { nothing } from "../domain/amount.ts";
import { type Calendar, retentionMs } from "../domain/calendar.ts";
import { type Books, judge, type Shortage } from "../domain/judge.ts";
import type { Settlement } from "../domain/ledger.ts";
import { leaked, poured } from "../domain/rate.ts";
import {
  type Change,
  type Counting,
  countingAt,
  type Moment,
  presume,
  release,
  reserve,
  settle,
} from "../domain/request.ts";
import { endOfShortage } from "../domain/shortage.ts";
import { partOf } from "../domain/tally.ts";
import type { Terms } from "../domain/terms.ts";
import type {
  BudgetStore,
  DatedShortage,
  LimitStandings,
  OnSettled,
  ReserveOrder,
  ReserveVerdict,
  ScopeUsage,
} from "../ports.ts";
import { openBudgetDatabase } from "./sqlite-database.ts";
import { groupCommit } from "./sqlite-group-commit.ts";
import { forgottenAtOnce, openTables, type Tables } from "./sqlite-tables.ts";
import { storeUnavailable } from "./store-fault.ts";

export interface SqliteBudgetStoreOptions {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly calendar: Calendar;
  /** How long lines of the ledger stay after they were booked; undefined: for good. */
  readonly ledgerKeepMs?: number;
  readonly onSettled?: OnSettled;
}

/** Past it, every meter that nothing was poured into has run empty. */
const meterMemoryUs = 600e6;

/**
 * Budgets in one SQLite file, for a single process. An operation is committed, in the hands of the operating system, before
 * it resolves; those that arrive in one turn of the event loop share a transaction. Throws if the file is unusable, see
 * {@link openBudgetDatabase}.
 */
export function openSqliteBudgetStore(options: SqliteBudgetStoreOptions): BudgetStore & LimitStandings {
  const { path, clock, calendar, ledgerKeepMs = Number.POSITIVE_INFINITY, onSettled } = options;
  const database = openBudgetDatabase(path);
  const tables = openTables(database);
  const { requests, accounts, meters, ledger, totals } = tables;
  const momentOf = (): Moment => {
    const nowMs = clock();
    return { nowMs, windows: calendar(nowMs) };
  };
  const transact = <T>(work: (now: Moment) => T): T => {
    try {
      tables.begin.run();
      const result = work(momentOf());
      tables.commit.run();
      return result;
    } catch (error) {
      if (database.isOpen && database.isTransaction) tables.rollback.run();
      throw isSqliteFault(error) ? storeUnavailable(error) : error;
    }
  };
  /** Every transaction begins with what is overdue, so no operation ever sees a reservation that outlived its lease. */
  const operating = <T>(work: (now: Moment) => T): T =>
    transact((now) => {
      presumeOverdue(tables, now);
      return work(now);
    });
  const { join: operate, idle } = groupCommit(operating, setImmediate);

  return {
    reserve: (order) => operate((now) => reserveIn(tables, order, now)),
    async settle(settlement, terms) {
      const { settled, isFirst } = await operate((now) => settleIn(tables, settlement, terms, now));
      if (isFirst) onSettled?.(settlement);
      return settled;
    },
    release: (requestId, caller) =>
      operate((now) => {
        const change = release(requestId, caller, requests.find(caller.tenant, requestId), now);
        if (change !== undefined) apply(tables, requestId, change, now);
      }),
    usage: (_organisation, scope) => operate((now) => usageOf(tables, scope, now)),
    standing: (terms) => operate((now) => ({ books: booksOf(tables, terms, now), ...now })),
    ledger: (page) => operate(() => ledger.read(page)),
    totals: (query) => operate(() => totals.read(query)),
    async sweep() {
      const presumed = transact((now) => presumeOverdue(tables, now));
      transact(({ nowMs }) => {
        const before = calendar(nowMs - retentionMs);
        accounts.forget("day", before.day.startMs);
        accounts.forget("month", before.month.startMs);
        meters.forget(nowMs * 1_000 - meterMemoryUs);
      });
      while (transact(({ nowMs }) => requests.forget(nowMs - retentionMs)) === forgottenAtOnce) await turn();
      while (transact(({ nowMs }) => ledger.trim(nowMs - ledgerKeepMs)) === forgottenAtOnce) await turn();
      return presumed;
    },
    isReady: () => database.isOpen,
    async close() {
      await idle();
      if (database.isOpen) database.close();
    },
  };
}

/** Lets requests through between one piece of housekeeping and the next. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function reserveIn(tables: Tables, order: ReserveOrder, now: Moment): ReserveVerdict {
  const { requestId, caller, terms } = order;
  const record = tables.requests.find(caller.tenant, requestId);
  if (record !== undefined) return granted(record.expiresAtMs);
  const judgement = judge(terms, order, booksOf(tables, terms, now));
  switch (judgement.verdict) {
    case "refused":
      return { ...judgement, shortage: dated(judgement.shortage, now) };
    case "narrowed":
      return { ...judgement, shortage: judgement.shortage && dated(judgement.shortage, now) };
    case "fits": {
      const change = reserve(order, now);
      apply(tables, requestId, change, now);
      return { ...granted(change.record.expiresAtMs), warnings: judgement.warnings };
    }
  }
}

const granted = (expiresAtMs: number) =>
  ({ verdict: "granted", expiresAt: new Date(expiresAtMs), warnings: [], isGrace: false }) as const;

const dated = (shortage: Shortage, { nowMs, windows }: Moment): DatedShortage => ({
  ...shortage,
  ...endOfShortage(shortage, nowMs, windows),
});

function booksOf(tables: Tables, terms: Terms, now: Moment): Books {
  const counting = countingAt(terms, now);
  return {
    balances: terms.accounts.map((account) => tables.accounts.find(account, startOf(counting, account.period))),
    buckets: terms.meters.map((meter) => leaked(tables.meters.find(meter), now.nowMs * 1_000, meter)),
  };
}

const startOf = ({ dayMs, monthMs }: Counting, period: "day" | "month") => (period === "day" ? dayMs : monthMs);

function settleIn(tables: Tables, settlement: Settlement, terms: Terms, now: Moment) {
  const record = tables.requests.find(settlement.caller.tenant, settlement.requestId);
  const change = settle(record, settlement, terms, now);
  if (change !== undefined) apply(tables, settlement.requestId, change, now);
  return { settled: (change?.record ?? record)?.settled ?? nothing, isFirst: change !== undefined };
}

function presumeOverdue(tables: Tables, now: Moment): number {
  const overdue = tables.requests.overdue(now.nowMs);
  for (const { requestId, record } of overdue) apply(tables, requestId, presume(requestId, record), now);
  return overdue.length;
}

function apply(tables: Tables, requestId: string, change: Change, now: Moment): void {
  tables.requests.put(requestId, change.record);
  const { counting } = change.record;
  if (counting !== undefined) {
    for (const account of counting.accounts) {
      const used = partOf(change.used, account.tier);
      const reserved = partOf(change.reserved, account.tier);
      tables.accounts.add(account, startOf(counting, account.period), used, reserved);
    }
    if (change.isMetered) pour(tables, counting, change, now);
  }
  // What is booked was counted somewhere.
  const dayMs = counting?.dayMs ?? now.windows.day.startMs;
  for (const line of change.lines) {
    tables.ledger.append(line, dayMs, now.nowMs);
    tables.totals.add(line, dayMs);
  }
}

function pour(tables: Tables, { meters }: Counting, { used, reserved, requests }: Change, now: Moment): void {
  for (const meter of meters) {
    const counts = meter.unit === "requests" ? Number(requests.includes(meter.tier)) : undefined;
    const poursIn = counts ?? Number(partOf(used, meter.tier).tokens);
    const holds = counts === undefined ? Number(partOf(reserved, meter.tier).tokens) : 0;
    if (poursIn === 0 && holds === 0) continue;
    const bucket = leaked(tables.meters.find(meter), now.nowMs * 1_000, meter);
    tables.meters.put(meter, poured(bucket, poursIn, holds));
  }
}

function usageOf(tables: Tables, scope: string, { windows }: Moment): ScopeUsage {
  const balance = tables.accounts.find({ scope, period: "day" }, windows.day.startMs);
  return { ...balance, resetsAt: new Date(windows.day.endMs) };
}

function isSqliteFault(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === "ERR_SQLITE_ERROR";
}
