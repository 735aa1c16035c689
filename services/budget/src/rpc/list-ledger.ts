import type { ListLedgerRequest, ListLedgerResponse } from "@switchyard/contracts/budget/v1/budget";
import type { BudgetStore } from "../ports.ts";
import { inRange, refuseInvalid } from "./checks.ts";

const defaultPageSize = 1_000;
const largestPageSize = 10_000;

/** Answers BudgetService.ListLedger. */
export function listLedgerHandler(store: BudgetStore) {
  return async ({ tenant, afterSequence, pageSize }: ListLedgerRequest): Promise<ListLedgerResponse> => {
    refuseInvalid([
      inRange("page_size", pageSize, 0, largestPageSize),
      afterSequence < 0n ? { field: "after_sequence", description: "must not be negative" } : undefined,
    ]);
    const entries = await store.ledger({
      tenant: tenant === "" ? undefined : tenant,
      afterSequence,
      limit: pageSize || defaultPageSize,
    });
    return { entries };
  };
}
