import { type LedgerEntry, type LedgerFilter, ListLedgerRequest } from "@switchyard/contracts/budget/v1/budget";
import type { BudgetConnection } from "./budget-connection.ts";

/** Entries asked for at once: what stands in memory. */
const pageSize = 2_000;

/** The entries that a filter lets through, oldest first, page by page. Throws CommandError. */
export async function* pagesOf(
  budget: BudgetConnection,
  filter: LedgerFilter,
): AsyncGenerator<readonly LedgerEntry[], void, undefined> {
  let afterSequence = 0n;
  do {
    const request = ListLedgerRequest.create({ afterSequence, pageSize, filter });
    const { entries, nextSequence } = await budget.call((client, options) => client.listLedger(request, options));
    yield entries;
    afterSequence = nextSequence;
  } while (afterSequence > 0n);
}
