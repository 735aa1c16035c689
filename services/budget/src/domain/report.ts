import type { DaySpan } from "./days.ts";
import type { BookedLine, LedgerLine } from "./ledger.ts";
import { organisationOf } from "./scopes.ts";
import { noTotals, plusTotals, type Totals } from "./totals.ts";

/** The names that sums are kept by, beside the day. */
export const names = ["organisation", "tenant", "feature", "user", "model"] as const;

export type Name = (typeof names)[number];

/** What a report may have rows for. */
export type Dimension = "day" | Name;

/** Which lines count; where a name is undefined, all do. */
export type LedgerFilter = DaySpan & { readonly [Each in Name]: string | undefined };

/** What sums of the ledger are asked for: one for each combination of the dimensions. */
export interface TotalsQuery {
  readonly filter: LedgerFilter;
  readonly by: readonly Dimension[];
}

/** The sums of one combination; what was not asked by is undefined. */
export type Group = { readonly [Each in Name]: string | undefined } & {
  /** The first millisecond of the day. */
  readonly dayMs: number | undefined;
  readonly totals: Totals;
};

/** By which names a line counts. */
export function namesOf({ caller, model }: LedgerLine): Readonly<Record<Name, string>> {
  const { tenant, feature, user } = caller;
  return { organisation: organisationOf(caller), tenant, feature, user, model };
}

export function matches(filter: LedgerFilter, dayMs: number, own: Readonly<Record<Name, string>>): boolean {
  if (dayMs < filter.fromMs || dayMs >= filter.toMs) return false;
  return names.every((name) => filter[name] === undefined || filter[name] === own[name]);
}

export function isWanted(filter: LedgerFilter, line: BookedLine): boolean {
  return matches(filter, line.dayMs, namesOf(line));
}

/** A row of a report: the day by its date, and empty what the report is not by. */
export type ReportRow = Readonly<Record<Dimension, string>> & { readonly totals: Totals };

/** A report: the dearest row first, then by name. */
export interface LedgerReport {
  readonly rows: readonly ReportRow[];
  readonly total: Totals;
}

/** The report that groups come to. Days that have the same date, since the time zone was changed, are one. */
export function reportOf(groups: readonly Group[], dateOf: (dayMs: number) => string): LedgerReport {
  const rows = new Map<string, ReportRow>();
  let total = noTotals;
  for (const { dayMs, totals, ...own } of groups) {
    const { organisation = "", tenant = "", feature = "", user = "", model = "" } = own;
    const labels = { day: dayMs === undefined ? "" : dateOf(dayMs), organisation, tenant, feature, user, model };
    const key = JSON.stringify(labels);
    const known = rows.get(key);
    rows.set(key, { ...labels, totals: known ? plusTotals(known.totals, totals) : totals });
    total = plusTotals(total, totals);
  }
  const sorted = [...rows].sort(([oneKey, one], [otherKey, other]) => {
    const difference = other.totals.costUsdNanos - one.totals.costUsdNanos;
    return difference === 0n ? (oneKey < otherKey ? -1 : 1) : difference < 0n ? -1 : 1;
  });
  return { rows: sorted.map(([, row]) => row), total };
}
