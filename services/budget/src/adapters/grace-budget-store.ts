import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { RpcError, Status } from "@switchyard/rpc";
import type { Amount } from "../domain/amount.ts";
import { type GraceOf, graceAccounts } from "../domain/grace.ts";
import { type Settlement, settledAmount } from "../domain/ledger.ts";
import { organisationOf } from "../domain/scopes.ts";
import type { Terms } from "../domain/terms.ts";
import type { BudgetStore, ReserveOrder } from "../ports.ts";

export interface GraceOptions {
  readonly graceOf: GraceOf;
  /** Whether any tenant has a grace, so that the service is of use without its store. */
  readonly hasGrace: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** A request was granted without the store. */
  readonly onGranted: (caller: Caller) => void;
  /** What happened without the store is booked: so many requests. */
  readonly onReconciled: (count: number) => void;
  /** Something could not be booked and is given up. */
  readonly onLost: (error: unknown) => void;
}

/** Requests remembered at once; what comes beyond is as if there were no grace. */
const mostRemembered = 10_000;

/** A request that the store has still to hear of. */
interface Remembered {
  readonly caller: Caller;
  /** What it takes of the grace. */
  taken: Amount | undefined;
  /** Absent where the store granted it. */
  readonly order: ReserveOrder | undefined;
  readonly expiresAtMs: number;
  /** How it ended; undefined: it is in flight. */
  end: { readonly settlement: Settlement; readonly terms: Terms } | "released" | undefined;
}

/**
 * Goes on while the store cannot be reached, for tenants whose policy allows it: requests are granted out of a bounded grace
 * of this process, whatever the limits, and what they used is remembered, in memory, and booked by the first sweep that
 * reaches the store again. So are settlements and releases that failed for any tenant, which are idempotent. A process that
 * ends before that loses what it remembers.
 */
export function graceBudgetStore(store: BudgetStore, options: GraceOptions): BudgetStore {
  const { graceOf, clock } = options;
  const remembered = new Map<string, Remembered>();
  const accounts = graceAccounts();
  const keyOf = (caller: Caller, requestId: string) =>
    JSON.stringify([organisationOf(caller), caller.tenant, requestId]);
  const hasRoom = () => remembered.size < mostRemembered;

  const take = (entry: Remembered, amount: Amount | undefined) => {
    if (entry.taken) accounts.giveBack(entry.caller, entry.taken);
    // More than was reserved may have been used: that is the truth, and leaves less for others.
    if (amount) accounts.take(entry.caller, amount, unbounded);
    entry.taken = amount;
  };
  const forget = (key: string) => {
    const entry = remembered.get(key);
    if (entry) take(entry, undefined);
    remembered.delete(key);
  };
  const rememberEnd = (key: string, caller: Caller, end: NonNullable<Remembered["end"]>) => {
    const known = remembered.get(key);
    if (known) known.end ??= end;
    else if (hasRoom()) {
      remembered.set(key, { caller, taken: undefined, order: undefined, expiresAtMs: clock(), end });
    }
  };

  const reconcile = async () => {
    let count = 0;
    for (const [key, entry] of remembered) {
      try {
        await bookLate(store, entry, key, clock());
        count++;
      } catch (error) {
        if (isUnavailable(error)) break;
        options.onLost(error);
      }
      // What ended meanwhile is still to be booked.
      if (remembered.get(key)?.end === entry.end) forget(key);
    }
    if (count > 0) options.onReconciled(count);
  };

  return {
    ...store,
    async reserve(order) {
      const key = keyOf(order.caller, order.requestId);
      const known = remembered.get(key);
      if (known?.order) return graced(known.expiresAtMs);
      try {
        return await store.reserve(order);
      } catch (error) {
        const grace = isUnavailable(error) && hasRoom() ? graceOf(order.caller) : undefined;
        if (!grace || !accounts.take(order.caller, order.bound.all, grace)) throw error;
        const expiresAtMs = clock() + order.leaseMs;
        remembered.set(key, { caller: order.caller, taken: order.bound.all, order, expiresAtMs, end: undefined });
        options.onGranted(order.caller);
        return graced(expiresAtMs);
      }
    },
    async settle(settlement, terms) {
      const key = keyOf(settlement.caller, settlement.requestId);
      try {
        const booked = await store.settle(settlement, terms);
        forget(key);
        return booked;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        const used = settledAmount(settlement);
        rememberEnd(key, settlement.caller, { settlement, terms });
        const entry = remembered.get(key);
        if (!entry?.order) throw error;
        take(entry, used);
        return used;
      }
    },
    async release(requestId, caller) {
      const key = keyOf(caller, requestId);
      try {
        await store.release(requestId, caller);
        forget(key);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        rememberEnd(key, caller, "released");
        const entry = remembered.get(key);
        if (!entry?.order) throw error;
        take(entry, undefined);
      }
    },
    async sweep() {
      const presumed = await store.sweep();
      await reconcile();
      return presumed;
    },
    isReady: () => store.isReady() || options.hasGrace,
  };
}

const unbounded: Amount = { tokens: 2n ** 63n, costUsdNanos: 2n ** 63n };

const graced = (expiresAtMs: number) =>
  ({ verdict: "granted", expiresAt: new Date(expiresAtMs), warnings: [], isGrace: true }) as const;

const isUnavailable = (error: unknown) => error instanceof RpcError && error.code === Status.UNAVAILABLE;

/** Tells the store of a request; of one in flight, that it holds its amount, so that its lease is presumed spent as any. */
async function bookLate(store: BudgetStore, entry: Remembered, key: string, nowMs: number): Promise<void> {
  const { order, end, caller } = entry;
  if (end === "released") {
    const [, , requestId] = JSON.parse(key) as [string, string, string];
    await store.release(requestId, caller);
  } else if (end) await store.settle(end.settlement, end.terms);
  else if (order) {
    const leaseMs = Math.max(1, entry.expiresAtMs - nowMs);
    await store.reserve({ ...order, isRouted: false, leaseMs, terms: { ...order.terms, terms: [] } });
  }
}
