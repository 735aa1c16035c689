import { keyPart } from "@switchyard/redis";
import type { Windows } from "../domain/calendar.ts";
import { rank, windowsText } from "./redis-arguments.ts";
import type { BatchCounts, Count, Plan } from "./redis-batch-counts.ts";
import type { Waiting } from "./redis-reserve-batches.ts";
import { fromTally } from "./tally-json.ts";

/** A call of the reserve script, see its head, and what is in it. */
export interface ReserveCall {
  readonly args: readonly string[];
  readonly orders: readonly Waiting[];
  readonly plans: readonly Plan[];
  /** Orders that cannot go together with one before them. */
  readonly left: readonly Waiting[];
}

/** Makes the arguments of a call: all that orders count in once, then the orders. */
export function reserveArguments(counts: BatchCounts, windows: Windows, waiting: readonly Waiting[]): ReserveCall {
  const { day, month, meters, rows, plans } = counts;
  const dayMs = windows.day.startMs;
  const orders: Waiting[] = [];
  const left: Waiting[] = [];
  const stem = `${keyPart(waiting[0]?.order.caller.tenant ?? "")}:`;
  const ids = new Set<string>();
  const membersAndRecords: string[] = [];
  const numbers: string[] = [];
  for (const each of waiting) {
    const { requestId, leaseMs, bound, firstTier, isRouted, caller, terms } = each.order;
    const added = ids.has(requestId) ? undefined : counts.add(terms, bound, firstTier);
    if (added === undefined) {
      left.push(each);
      continue;
    }
    ids.add(requestId);
    orders.push(each);
    numbers.push(`${added.row},${leaseMs},${isRouted ? 1 : 0}`);
    const { digest, totals } = added.plan;
    const where = `${dayMs},${windows.month.startMs},${rank(firstTier)},${fromTally(bound)},"${digest}","${totals}"`;
    membersAndRecords.push(`${stem}${requestId}`, `r\n${JSON.stringify(caller)}\n[${where}]`);
  }
  const names = [day, month, meters].map((list) => `[${list.map(({ field }) => field).join()}]`).join();
  const digests = plans.map(({ digest }) => `"${digest}"`).join();
  const sums = `[${accountSums(day)}],[${accountSums(month)}],[${meterSums(meters)}]`;
  const unknown = plans.filter(({ storedForMs }) => storedForMs !== dayMs);
  const sizes = `${rows.length},${unknown.length}`;
  const args = [`[${windowsText(windows)},${names},[${digests}],${sums},[${numbers.join()}],${sizes}]`];
  for (const { text } of rows) args.push(text);
  for (const { digest, text } of unknown) args.push(digest, text);
  for (const argument of membersAndRecords) args.push(argument);
  return { args, orders, plans, left };
}

const accountSums = (counts: readonly Count[]) =>
  counts.map(({ first, second, clearFirst, clearSecond }) => `${first},${second},${clearFirst},${clearSecond}`).join();

const meterSums = (counts: readonly Count[]) =>
  counts.map(({ perMinute, first, second, clearFirst }) => `${perMinute},${first},${second},${clearFirst}`).join();
