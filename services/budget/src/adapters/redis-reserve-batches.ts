import { setImmediate } from "node:timers";
import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Windows } from "../domain/calendar.ts";
import type { ReserveOrder } from "../ports.ts";
import { rank, windowsText } from "./redis-arguments.ts";
import { batchCounting, type BatchCounts } from "./redis-batch-counts.ts";
import type { ReserveReply, ReserveReplies } from "./redis-scripts.ts";
import { fromTally } from "./tally-json.ts";

export type ScriptArgument = string | number | bigint | Buffer;

/** Calls the reserve script for a caller's tenant. */
type CallScript = (caller: Caller, args: readonly ScriptArgument[]) => Promise<ReserveReplies>;

/** Orders of one call at most, so that the server is not kept from others for long. */
const mostTogether = 64;

interface Waiting {
  readonly order: ReserveOrder;
  readonly answered: PromiseWithResolvers<ReserveReply>;
}

interface Batch {
  readonly windows: Windows;
  readonly waiting: readonly Waiting[];
}

/**
 * Reserves what arrives in one turn of the event loop for the same tenant by one call of the script: what its requests count
 * in together is read and written once for all of them. Each order gets the answer it would get by itself; if the call fails
 * it fails for all of them.
 */
export function reserveBatches(call: CallScript): (order: ReserveOrder, windows: Windows) => Promise<ReserveReply> {
  const begin = batchCounting();
  let batches = new Map<string, Waiting[]>();
  let batchWindows: Windows | undefined;
  const send = ({ windows, waiting }: Batch) => {
    const [first] = waiting;
    if (first === undefined) return;
    const { args, taken, left } = argumentsOf(begin(), windows, waiting);
    call(first.order.caller, args).then(
      (replies) => {
        for (const [index, { order, answered }] of taken.entries()) answered.resolve(replyTo(order, replies, index));
      },
      (error: unknown) => {
        for (const { answered } of taken) answered.reject(error);
      },
    );
    send({ windows, waiting: left });
  };
  const sendAll = () => {
    const full = batches;
    batches = new Map();
    for (const waiting of full.values()) send({ windows: batchWindows as Windows, waiting });
  };
  return (order, windows) => {
    const { organisation, tenant } = order.caller;
    if (batches.size > 0 && windows.day.startMs !== batchWindows?.day.startMs) sendAll();
    if (batches.size === 0) setImmediate(sendAll);
    batchWindows = windows;
    const key = organisation === "" ? tenant : `${tenant}\n${organisation}`;
    let waiting = batches.get(key);
    if (waiting === undefined || waiting.length >= mostTogether) {
      if (waiting) send({ windows, waiting });
      waiting = [];
      batches.set(key, waiting);
    }
    const answered = Promise.withResolvers<ReserveReply>();
    waiting.push({ order, answered });
    return answered.promise;
  };
}

function replyTo({ leaseMs }: ReserveOrder, replies: ReserveReplies, index: number): ReserveReply {
  if (replies[0] === "all") return ["granted", Number(replies[1]) + leaseMs];
  return replies[index] as ReserveReply;
}

/** All that orders count in once, then the orders. Those that cannot go together with one before them are left. */
function argumentsOf(counts: BatchCounts, windows: Windows, waiting: readonly Waiting[]) {
  const { day, month, meters, rows } = counts;
  const { startMs } = windows.day;
  const ids = new Set<string>();
  const taken: Waiting[] = [];
  const left: Waiting[] = [];
  const orders: string[] = [];
  let numbers = "";
  for (const each of waiting) {
    const { requestId, leaseMs, bound, firstTier, isRouted, caller, terms } = each.order;
    const added = ids.has(requestId) ? undefined : counts.add(terms, bound, firstTier);
    if (added === undefined) {
      left.push(each);
      continue;
    }
    ids.add(requestId);
    taken.push(each);
    numbers += `${numbers && ","}${added.row},${leaseMs},${isRouted ? 1 : 0}`;
    const where = `${startMs},${windows.month.startMs},${rank(firstTier)},${fromTally(bound)},${added.plan}`;
    orders.push(requestId, `r\n${JSON.stringify(caller)}\n[${where}]`);
  }
  let dayNumbers = "";
  const args: ScriptArgument[] = [""];
  for (const { field, first, second, clearFirst, clearSecond } of day) {
    dayNumbers += `${dayNumbers && ","}${first},${second},${clearFirst},${clearSecond}`;
    args.push(field);
  }
  let monthNumbers = "";
  for (const { field, first, second, clearFirst, clearSecond } of month) {
    monthNumbers += `${monthNumbers && ","}${first},${second},${clearFirst},${clearSecond}`;
    args.push(field);
  }
  let meterNumbers = "";
  for (const { field, perMinute, first, second, clearFirst } of meters) {
    meterNumbers += `${meterNumbers && ","}${perMinute},${first},${second},${clearFirst}`;
    args.push(field);
  }
  for (const { text } of rows) args.push(text);
  const sizes = `${day.length},${month.length},${meters.length},${rows.length}`;
  args[0] = `[${windowsText(windows)},[${sizes}],[${dayNumbers}],[${monthNumbers}],[${meterNumbers}],[${numbers}]]`;
  for (const argument of orders) args.push(argument);
  return { args, taken, left };
}
