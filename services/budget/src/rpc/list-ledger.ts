import type { LedgerEntry, ListLedgerRequest, ListLedgerResponse } from "@switchyard/contracts/budget/v1/budget";
import type { BookedLine } from "../domain/ledger.ts";
import { readWanted } from "../domain/read-ledger.ts";
import type { BudgetStore } from "../ports.ts";
import { inRange, refuseInvalid } from "./checks.ts";
import { type DayOptions, filterFindings, filterOf } from "./ledger-filter.ts";

const defaultPageSize = 1_000;
const largestPageSize = 10_000;

/** Answers BudgetService.ListLedger. */
export function listLedgerHandler(store: BudgetStore, options: DayOptions) {
  return async (request: ListLedgerRequest): Promise<ListLedgerResponse> => {
    const { afterSequence, pageSize } = request;
    refuseInvalid([
      inRange("page_size", pageSize, 0, largestPageSize),
      afterSequence < 0n ? { field: "after_sequence", description: "must not be negative" } : undefined,
      ...filterFindings(request.filter, options),
    ]);
    const tenant = request.tenant || request.filter?.tenant;
    const { filter } = filterOf(request.filter, options);
    const page = { tenant, afterSequence, limit: pageSize || defaultPageSize };
    const { lines, next } = await readWanted((part) => store.ledger(part), page, filter);
    return { entries: lines.map((line) => toEntry(line, options)), nextSequence: next };
  };
}

function toEntry({ dayMs, ...line }: BookedLine, { days }: DayOptions): LedgerEntry {
  return { ...line, day: days.dateOf(dayMs) };
}
