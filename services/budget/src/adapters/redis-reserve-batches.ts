import { setImmediate } from "node:timers";
import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Windows } from "../domain/calendar.ts";
import type { ReserveOrder } from "../ports.ts";
import { rank, type ScriptTerms, scriptTerms, windowsText } from "./redis-arguments.ts";
import type { ReserveReply } from "./redis-scripts.ts";
import { fromTally } from "./tally-json.ts";

export type ScriptArgument = string | number | bigint | Buffer;

/** Calls the reserve script for a caller's tenant. */
type CallScript = (caller: Caller, args: readonly ScriptArgument[]) => Promise<readonly ReserveReply[]>;

/** Orders of one call at most, so that the server is not kept from others for long. */
const mostTogether = 64;

interface Waiting {
  readonly order: ReserveOrder;
  readonly answered: PromiseWithResolvers<ReserveReply>;
}

interface Batch {
  readonly windows: Windows;
  readonly waiting: Waiting[];
}

/**
 * Reserves what arrives in one turn of the event loop for the same tenant by one call of the script: what its requests count
 * in together is read and written once for all of them. Each order gets the answer it would get by itself; if the call fails
 * it fails for all of them.
 */
export function reserveBatches(call: CallScript): (order: ReserveOrder, windows: Windows) => Promise<ReserveReply> {
  let batches = new Map<string, Batch>();
  const send = ({ windows, waiting }: Batch) => {
    const [first] = waiting;
    if (first === undefined) return;
    call(first.order.caller, argumentsOf(windows, waiting)).then(
      (replies) => {
        for (const [index, reply] of replies.entries()) waiting[index]?.answered.resolve(reply);
      },
      (error: unknown) => {
        for (const { answered } of waiting) answered.reject(error);
      },
    );
  };
  const sendAll = () => {
    const full = batches;
    batches = new Map();
    for (const batch of full.values()) send(batch);
  };
  return (order, windows) => {
    const { organisation, tenant, budgetTier } = order.caller;
    if (batches.size === 0) setImmediate(sendAll);
    // Of one tier all meters leak alike.
    const key = `${windows.day.startMs} ${JSON.stringify([organisation, tenant, budgetTier])}`;
    let batch = batches.get(key);
    if (batch === undefined || batch.waiting.length >= mostTogether) {
      if (batch) send(batch);
      batch = { windows, waiting: [] };
      batches.set(key, batch);
    }
    const answered = Promise.withResolvers<ReserveReply>();
    batch.waiting.push({ order, answered });
    return answered.promise;
  };
}

function argumentsOf(windows: Windows, waiting: readonly Waiting[]): ScriptArgument[] {
  const plans = new Map<ScriptTerms, number>();
  const orders: ScriptArgument[] = [];
  for (const { order } of waiting) {
    const terms = scriptTerms(order.terms);
    let plan = plans.get(terms);
    if (plan === undefined) {
      plan = plans.size + 1;
      plans.set(terms, plan);
    }
    const { requestId, leaseMs, bound, firstTier, isRouted, caller } = order;
    orders.push(plan, requestId, leaseMs, fromTally(bound), rank(firstTier), isRouted ? 1 : 0, JSON.stringify(caller));
  }
  const args: ScriptArgument[] = [windowsText(windows), plans.size];
  for (const { plan, terms } of plans.keys()) args.push(plan, terms);
  return args.concat(orders);
}
