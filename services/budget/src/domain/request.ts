import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { type Amount, negative, nothing } from "./amount.ts";
import type { Windows } from "./calendar.ts";
import { type LedgerLine, linesOf, presumptionLine, type Settlement, settledTally } from "./ledger.ts";
import { emptyTally, type ModelTier, modelTiers, negativeTally, plusTally, type Tally } from "./tally.ts";
import type { Account, Meter, Terms } from "./terms.ts";

/**
 * Where a request stands. `reserved` while its lease runs; `presumed` once that ran out unsettled; `released` and
 * `settled` are ends, though a settlement that arrives after all is still booked once.
 */
export type Phase = "reserved" | "presumed" | "released" | "settled";

/** Where a request is counted, whoever settles it and whatever is configured by then. */
export interface Counting {
  readonly accounts: readonly Account[];
  readonly meters: readonly Meter[];
  /** The days and months in whose accounts it counts, whenever it is settled: their first milliseconds. */
  readonly dayMs: number;
  readonly monthMs: number;
}

/** What the store keeps of a request. */
export interface RequestRecord {
  readonly phase: Phase;
  /** Undefined where it was released before it was known of. */
  readonly counting: Counting | undefined;
  /** What was set aside for it. */
  readonly reserved: Tally;
  /** Tier of the first choice: the one whose rate of requests it was counted in. */
  readonly firstTier: ModelTier | undefined;
  /** End of its lease, in milliseconds since the epoch; without a reservation, when it was booked or given up. */
  readonly expiresAtMs: number;
  readonly caller: Caller;
  /** What was booked when it was settled. */
  readonly settled: Amount;
}

/** What happens to a request, to everything it is counted in, and to the ledger, all at once. */
export interface Change {
  readonly record: RequestRecord;
  /** To add to used. */
  readonly used: Tally;
  /** To add to reserved. */
  readonly reserved: Tally;
  /** Whether meters take part: they forget within a minute, so what is corrected later is nothing to them. */
  readonly isMetered: boolean;
  /** The tiers whose rates of requests count one more; undefined is the rate of all tiers. */
  readonly requests: readonly (ModelTier | undefined)[];
  readonly lines: readonly LedgerLine[];
}

/** A moment on the store's clock. */
export interface Moment {
  readonly nowMs: number;
  readonly windows: Windows;
}

/** Where a request of these terms counts from now on. */
export function countingAt({ accounts, meters }: Pick<Terms, "accounts" | "meters">, { windows }: Moment): Counting {
  return { accounts, meters, dayMs: windows.day.startMs, monthMs: windows.month.startMs };
}

/** A reservation that has been checked against every limit. */
export function reserve(
  order: { caller: Caller; bound: Tally; firstTier: ModelTier | undefined; leaseMs: number; terms: Terms },
  now: Moment,
): Change {
  const { caller, bound, firstTier, leaseMs, terms } = order;
  const record = {
    phase: "reserved",
    counting: countingAt(terms, now),
    reserved: bound,
    firstTier,
    expiresAtMs: now.nowMs + leaseMs,
    caller,
    settled: nothing,
  } as const;
  const requests = firstTier === undefined ? [undefined] : [undefined, firstTier];
  return { record, used: emptyTally, reserved: bound, isMetered: true, requests, lines: [] };
}

/** The lease ran out: the reservation counts as spent in full until somebody says what was. */
export function presume(requestId: string, record: RequestRecord): Change {
  return {
    record: { ...record, phase: "presumed" },
    used: record.reserved,
    reserved: negativeTally(record.reserved),
    isMetered: true,
    requests: [],
    lines: [presumptionLine("presumed", requestId, record.caller, record.reserved.all)],
  };
}

/** Books what was used, whatever had been reserved; undefined where that was done before. */
export function settle(
  record: RequestRecord | undefined,
  settlement: Settlement,
  terms: Terms,
  now: Moment,
): Change | undefined {
  const used = settledTally(settlement);
  const before = record ?? closedRecord(settlement.caller, now);
  const counting = before.counting ?? countingAt(terms, now);
  const lines = linesOf(settlement);
  const common = {
    record: { ...before, counting, phase: "settled", settled: used.all },
    used,
    reserved: emptyTally,
    isMetered: true,
    requests: modelTiers.filter((tier) => used.byTier[tier] !== undefined && tier !== before.firstTier),
    lines,
  } as const;
  switch (record?.phase) {
    case "settled":
      return undefined;
    case "reserved":
      return { ...common, reserved: negativeTally(before.reserved) };
    case "presumed":
      return {
        ...common,
        used: plusTally(used, negativeTally(before.reserved)),
        isMetered: false,
        lines: [...lines, correction(settlement.requestId, before)],
      };
    default:
      return common;
  }
}

/**
 * Gives a reservation back; undefined where there is nothing to give. One that was presumed spent is taken back. A request
 * that is not known is marked as released, so that a reserve which arrives behind its own release leaves nothing behind.
 */
export function release(
  requestId: string,
  caller: Caller,
  record: RequestRecord | undefined,
  now: Moment,
): Change | undefined {
  const common = { used: emptyTally, reserved: emptyTally, isMetered: true, requests: [], lines: [] } as const;
  if (record === undefined) return { ...common, record: closedRecord(caller, now) };
  const after = { ...record, phase: "released" } as const;
  const givenBack = negativeTally(record.reserved);
  switch (record.phase) {
    case "reserved":
      return { ...common, record: after, reserved: givenBack };
    case "presumed":
      return { ...common, record: after, used: givenBack, isMetered: false, lines: [correction(requestId, record)] };
    default:
      return undefined;
  }
}

function correction(requestId: string, record: RequestRecord): LedgerLine {
  return presumptionLine("corrected", requestId, record.caller, negative(record.reserved.all));
}

function closedRecord(caller: Caller, { nowMs }: Moment): RequestRecord {
  return {
    phase: "released",
    counting: undefined,
    reserved: emptyTally,
    firstTier: undefined,
    expiresAtMs: nowMs,
    caller,
    settled: nothing,
  };
}
