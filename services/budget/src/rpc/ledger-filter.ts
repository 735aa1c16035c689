import { LedgerFilter as FilterMessage } from "@switchyard/contracts/budget/v1/budget";
import type { Days } from "../domain/days.ts";
import type { LedgerFilter } from "../domain/report.ts";
import { type Finding, inRange } from "./checks.ts";

/** What dates are told by. */
export interface DayOptions {
  readonly days: Days;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const mostDays = 36_500;

/** What is wrong with a filter. */
export function filterFindings(filter: FilterMessage | undefined, { days }: DayOptions): Finding[] {
  if (filter === undefined) return [];
  const { sinceDate, untilDate, lastDays } = filter;
  const date = (field: string, text: string): Finding =>
    text === "" || days.isDate(text) ? undefined : { field, description: "must be a date such as 2026-11-01" };
  const isTwice = lastDays > 0 && sinceDate !== "";
  return [
    date("filter.since_date", sinceDate),
    date("filter.until_date", untilDate),
    inRange("filter.last_days", lastDays, 0, mostDays),
    isTwice ? { field: "filter.last_days", description: "excludes since_date" } : undefined,
    sinceDate !== "" && untilDate !== "" && sinceDate > untilDate
      ? { field: "filter.until_date", description: "must not lie before since_date" }
      : undefined,
  ];
}

/** A filter with its dates; both empty where nothing bounds the days. */
export interface DatedFilter {
  readonly filter: LedgerFilter;
  readonly sinceDate: string;
  readonly untilDate: string;
}

/** The filter that a sound message means. */
export function filterOf(message: FilterMessage | undefined, { days, clock }: DayOptions): DatedFilter {
  const { organisation, tenant, user, feature, model, lastDays, ...dates } = message ?? FilterMessage.create();
  const sinceDate = lastDays > 0 ? days.before(days.dateAt(clock()), lastDays - 1) : dates.sinceDate;
  const filter = { organisation, tenant, user, feature, model, ...days.span(sinceDate, dates.untilDate) };
  return { filter, sinceDate, untilDate: dates.untilDate };
}
