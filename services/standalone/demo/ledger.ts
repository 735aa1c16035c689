import { setTimeout as sleep } from "node:timers/promises";
import { type BudgetServiceDefinition, ListLedgerRequest } from "@switchyard/contracts/budget/v1/budget";
import type { Client } from "@switchyard/rpc";

const pageSize = 10_000;
const patienceMs = 5_000;
const pauseMs = 50;

/**
 * What the ledger says that everything in it cost, in nano-USD, once it holds entries of so many requests or after a few
 * seconds: costs are booked behind the answers.
 */
export async function ledgerCost(
  budget: Client<typeof BudgetServiceDefinition>,
  requestCount: number,
): Promise<bigint> {
  const until = Date.now() + patienceMs;
  while (true) {
    const { requests, costUsdNanos } = await addUpLedger(budget);
    if (requests >= requestCount || Date.now() >= until) return costUsdNanos;
    await sleep(pauseMs);
  }
}

async function addUpLedger(budget: Client<typeof BudgetServiceDefinition>) {
  const requests = new Set<string>();
  let costUsdNanos = 0n;
  let afterSequence = 0n;
  while (true) {
    const { entries } = await budget.listLedger(ListLedgerRequest.create({ afterSequence, pageSize }));
    for (const entry of entries) {
      requests.add(entry.requestId);
      costUsdNanos += entry.costUsdNanos;
      afterSequence = entry.sequence;
    }
    if (entries.length < pageSize) return { requests: requests.size, costUsdNanos };
  }
}
