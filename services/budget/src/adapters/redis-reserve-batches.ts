import { setImmediate } from "node:timers";
import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Windows } from "../domain/calendar.ts";
import type { ReserveOrder } from "../ports.ts";
import { doubles, meterField, rank, scriptTerms, windowsText } from "./redis-arguments.ts";
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

/** Names in the order in which they were first asked for, from 1. */
function register<Name>() {
  const places = new Map<Name, number>();
  const placeOf = (name: Name): number => {
    let place = places.get(name);
    if (place === undefined) {
      place = places.size + 1;
      places.set(name, place);
    }
    return place;
  };
  return { placeOf, names: () => [...places.keys()] };
}

/** All that any order counts in once, then the orders, which say where in it. */
function argumentsOf(windows: Windows, waiting: readonly Waiting[]): ScriptArgument[] {
  const dayScopes = register<string>();
  const monthScopes = register<string>();
  const fields = register<string>();
  const rates: number[] = [];
  const differentTerms = register<string>();
  const termsBytes: Buffer[] = [];
  const orders: ScriptArgument[] = [];
  for (const { order } of waiting) {
    const { requestId, leaseMs, bound, firstTier, isRouted, caller } = order;
    const { accounts, meters } = order.terms;
    const { plan, terms, termsKey } = scriptTerms(order.terms);
    const which = differentTerms.placeOf(termsKey);
    termsBytes[which - 1] ??= terms;
    const numbers = [which, leaseMs, rank(firstTier), isRouted ? 1 : 0, accounts.length, meters.length];
    for (const { scope, period, tier } of accounts) {
      numbers.push(period === "day" ? dayScopes.placeOf(scope) : -monthScopes.placeOf(scope), rank(tier));
    }
    for (const meter of meters) {
      const place = fields.placeOf(meterField(meter));
      rates[place - 1] = meter.perMinute;
      numbers.push(place, meter.unit === "requests" ? 1 : 2, rank(meter.tier));
    }
    orders.push(requestId, doubles(numbers), fromTally(bound), JSON.stringify(caller), plan);
  }
  const lists = [dayScopes.names(), monthScopes.names(), fields.names(), rates].map((list) => JSON.stringify(list));
  const args: ScriptArgument[] = [windowsText(windows), ...lists, termsBytes.length, ...termsBytes];
  return args.concat(orders);
}
