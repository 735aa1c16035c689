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
  const ids = new Set<string>();
  const idsAndRecords: string[] = [];
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
    idsAndRecords.push(requestId, `r\n${JSON.stringify(caller)}\n[${where}]`);
  }
  const args = [""];
  const sums = `[${accountSums(day, args)}],[${accountSums(month, args)}],[${meterSums(meters, args)}]`;
  for (const { text } of rows) args.push(text);
  for (const { digest } of plans) args.push(digest);
  let newPlans = 0;
  for (const { digest, text, storedForMs } of plans) {
    if (storedForMs === dayMs) continue;
    newPlans++;
    args.push(digest, text);
  }
  const sizes = `${day.length},${month.length},${meters.length},${rows.length},${plans.length},${newPlans}`;
  args[0] = `[${windowsText(windows)},[${sizes}],${sums},[${numbers.join()}]]`;
  for (const argument of idsAndRecords) args.push(argument);
  return { args, orders, plans, left };
}

/** Adds the names to the arguments, too. */
function accountSums(counts: readonly Count[], args: string[]): string {
  let sums = "";
  for (const { field, first, second, clearFirst, clearSecond } of counts) {
    sums += `${sums && ","}${first},${second},${clearFirst},${clearSecond}`;
    args.push(field);
  }
  return sums;
}

function meterSums(counts: readonly Count[], args: string[]): string {
  let sums = "";
  for (const { field, perMinute, first, second, clearFirst } of counts) {
    sums += `${sums && ","}${perMinute},${first},${second},${clearFirst}`;
    args.push(field);
  }
  return sums;
}
