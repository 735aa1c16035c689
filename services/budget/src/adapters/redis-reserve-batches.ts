import { setImmediate } from "node:timers";
import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Windows } from "../domain/calendar.ts";
import type { ReserveOrder, ReserveVerdict } from "../ports.ts";
import { batchCounting, type Plan } from "./redis-batch-counts.ts";
import { reserveArguments } from "./redis-reserve-arguments.ts";
import type { ReserveReplies, ReserveReply } from "./redis-scripts.ts";
import { looksAtClock, restlessClock, type ServerClock } from "./redis-server-clock.ts";
import { toVerdict } from "./redis-verdict.ts";

export interface ReserveBatchesOptions {
  /** Calls the reserve script for a caller's tenant. */
  readonly call: (caller: Caller, args: readonly string[]) => Promise<ReserveReplies>;
  /** What has to be done before anything is written for a caller; undefined: nothing. */
  readonly admit: (caller: Caller) => Promise<void> | undefined;
  readonly clock: ServerClock;
}

/** Orders of one call at most, so that the server works on one call while the next is made. */
const mostTogether = 32;

/** An order that nobody has answered. */
export interface Waiting {
  readonly order: ReserveOrder;
  readonly resolve: (verdict: ReserveVerdict) => void;
  readonly reject: (error: unknown) => void;
  /** How often the server's clock stood in another day or month than was thought. */
  misses: number;
}

/** What went out in one call. */
interface Sent {
  readonly windows: Windows;
  readonly orders: readonly Waiting[];
  readonly plans: readonly Plan[];
}

/**
 * Reserves what arrives in one turn of the event loop for the same tenant by one call of the script: what its requests count
 * in together is read and written once for all of them. Each order gets the answer it would get by itself; if the call fails
 * it fails for all of them.
 */
export function reserveBatches({ call, admit, clock }: ReserveBatchesOptions) {
  const begin = batchCounting();
  const inTurn = someEachTurn(mostTogether);
  let waitingByTenant = new Map<string, Waiting[]>();

  const send = (waiting: readonly Waiting[]) => {
    const caller = waiting[0]?.order.caller;
    if (caller === undefined) return;
    const windows = clock.windows();
    const { args, ...sent } = reserveArguments(begin(), windows, waiting);
    const fail = (error: unknown) => {
      for (const { reject } of sent.orders) reject(error);
    };
    const calling = admit(caller)?.then(() => call(caller, args)) ?? call(caller, args);
    calling.then((replies) => inTurn(sent.orders.length, () => answer({ windows, ...sent }, replies)), fail);
    send(sent.left);
  };

  const answer = ({ windows, orders, plans }: Sent, replies: ReserveReplies) => {
    const isLacking = replies[0] === "plans";
    for (const plan of plans) plan.storedForMs = isLacking ? undefined : windows.day.startMs;
    if (isLacking) return send(orders);
    const missed: Waiting[] = [];
    for (let index = 0; index < orders.length; index++) {
      const waiting = orders[index] as Waiting;
      const reply = replyTo(waiting.order, replies, index);
      if (reply[0] !== "clock") waiting.resolve(toVerdict(waiting.order, reply, windows));
      else if (++waiting.misses === looksAtClock) waiting.reject(restlessClock());
      else missed.push(waiting);
      if (reply[0] === "clock") clock.learn(Number(reply[1]));
    }
    send(missed);
  };

  const sendAll = () => {
    const all = waitingByTenant;
    waitingByTenant = new Map();
    for (const waiting of all.values()) send(waiting);
  };

  return (order: ReserveOrder): Promise<ReserveVerdict> =>
    new Promise((resolve, reject) => {
      const { organisation, tenant } = order.caller;
      if (waitingByTenant.size === 0) setImmediate(sendAll);
      const key = organisation === "" ? tenant : `${tenant}\n${organisation}`;
      const waiting = waitingByTenant.get(key) ?? [];
      if (waiting.push({ order, resolve, reject, misses: 0 }) === 1) waitingByTenant.set(key, waiting);
      if (waiting.length < mostTogether) return;
      waitingByTenant.delete(key);
      send(waiting);
    });
}

function replyTo({ leaseMs }: ReserveOrder, replies: ReserveReplies, index: number): ReserveReply {
  if (replies[0] === "all") return ["granted", Number(replies[1]) + leaseMs];
  return replies[index] as ReserveReply;
}

/**
 * Lets work for about so many orders be done in one turn of the event loop. Callers that hear of two full calls at once would come
 * back with their next orders at once, and server and process would wait for each other instead of working side by side.
 */
function someEachTurn(most: number): (size: number, work: () => void) => void {
  const later: { size: number; work: () => void }[] = [];
  let room = most;
  const nextTurn = () => {
    room = most;
    go();
  };
  const go = () => {
    while (room > 0) {
      const next = later.shift();
      if (next === undefined) return;
      if (room === most) setImmediate(nextTurn);
      room -= next.size;
      next.work();
    }
  };
  return (size, work) => {
    later.push({ size, work });
    go();
  };
}
