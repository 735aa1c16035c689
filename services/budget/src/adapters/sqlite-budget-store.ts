import { type Amount, inUnit, nothing } from "../domain/amount.ts";
import type { Settlement } from "../domain/ledger.ts";
import { scopesOf } from "../domain/limits.ts";
import { type Change, type Moment, presume, release, reserve, settle } from "../domain/request.ts";
import { dayOf, endOfDay, retentionMs } from "../domain/window.ts";
import type { BudgetStore, ReserveOrder, ReserveVerdict, ScopeUsage } from "../ports.ts";
import { openBudgetDatabase } from "./sqlite-database.ts";
import { forgottenAtOnce, openTables, type Tables } from "./sqlite-tables.ts";
import { storeUnavailable } from "./store-fault.ts";

export interface SqliteBudgetStoreOptions {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Budgets in one SQLite file, for a single process. An operation is one transaction; it is committed, in the hands of the
 * operating system, before it resolves. Throws if the file is unusable, see {@link openBudgetDatabase}.
 */
export function openSqliteBudgetStore({ path, clock }: SqliteBudgetStoreOptions): BudgetStore {
  const database = openBudgetDatabase(path);
  const tables = openTables(database);

  const { begin, commit, rollback, requests, accounts, ledger } = tables;

  const transact = <T>(work: (now: Moment) => T): T => {
    try {
      begin.run();
      const nowMs = clock();
      const result = work({ nowMs, day: dayOf(nowMs) });
      commit.run();
      return result;
    } catch (error) {
      if (database.isOpen && database.isTransaction) rollback.run();
      throw isSqliteFault(error) ? storeUnavailable(error) : error;
    }
  };

  /** Every operation begins with what is overdue, so none ever sees a reservation that outlived its lease. */
  const operate = <T>(work: (now: Moment) => T): Promise<T> =>
    new Promise((resolve) => {
      resolve(
        transact((now) => {
          presumeOverdue(tables, now);
          return work(now);
        }),
      );
    });

  return {
    reserve: (order) => operate((now) => reserveIn(tables, order, now)),
    settle: (settlement) => operate((now) => settleIn(tables, settlement, now)),
    release: (requestId, caller) =>
      operate((now) => {
        const change = release(requestId, caller, requests.find(caller.tenant, requestId), now);
        if (change !== undefined) apply(tables, requestId, change, now);
      }),
    usage: (_tenant, scope) => operate(({ day }) => usageOf(tables, scope, day)),
    ledger: (page) => operate(() => ledger.read(page)),
    async sweep() {
      const presumed = transact((now) => presumeOverdue(tables, now));
      transact(({ nowMs }) => accounts.forget(dayOf(nowMs - retentionMs)));
      while (transact(({ nowMs }) => requests.forget(nowMs - retentionMs)) === forgottenAtOnce) {
        await new Promise(setImmediate);
      }
      return presumed;
    },
    isReady: () => database.isOpen,
    close: async () => database.close(),
  };
}

function reserveIn(tables: Tables, order: ReserveOrder, now: Moment): ReserveVerdict {
  const { requestId, caller, amount, leaseMs } = order;
  const record = tables.requests.find(caller.tenant, requestId);
  if (record !== undefined) return { granted: true, expiresAt: new Date(record.expiresAtMs) };
  for (const limit of order.limits) {
    const account = usageOf(tables, limit.scope, now.day);
    const used = inUnit(account.used, limit.unit);
    const reserved = inUnit(account.reserved, limit.unit);
    const requested = inUnit(amount, limit.unit);
    if (used + reserved + requested > limit.allowed) {
      return { granted: false, limit, used, reserved, requested, resetsAt: account.resetsAt };
    }
  }
  const change = reserve(caller, amount, leaseMs, now);
  apply(tables, requestId, change, now);
  return { granted: true, expiresAt: new Date(change.record.expiresAtMs) };
}

function settleIn(tables: Tables, settlement: Settlement, now: Moment): Amount {
  const record = tables.requests.find(settlement.caller.tenant, settlement.requestId);
  const change = settle(record, settlement, now);
  if (change !== undefined) apply(tables, settlement.requestId, change, now);
  return (change?.record ?? record)?.settled ?? nothing;
}

function presumeOverdue(tables: Tables, now: Moment): number {
  const overdue = tables.requests.overdue(now.nowMs);
  for (const { requestId, record } of overdue) apply(tables, requestId, presume(requestId, record), now);
  return overdue.length;
}

function apply(tables: Tables, requestId: string, change: Change, now: Moment): void {
  tables.requests.put(requestId, change.record);
  for (const scope of scopesOf(change.record.caller)) {
    tables.accounts.add(scope, change.record.day, change.used, change.reserved);
  }
  for (const line of change.lines) tables.ledger.append(line, now.nowMs);
}

function usageOf(tables: Tables, scope: string, day: number): ScopeUsage {
  return { ...tables.accounts.find(scope, day), resetsAt: endOfDay(day) };
}

function isSqliteFault(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === "ERR_SQLITE_ERROR";
}
