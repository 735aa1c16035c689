import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { type Amount, negative, nothing, plus } from "./amount.ts";
import { type LedgerLine, linesOf, presumptionLine, type Settlement, settledAmount } from "./ledger.ts";

/**
 * Where a request stands. `reserved` while its lease runs; `presumed` once that ran out unsettled; `released` and
 * `settled` are ends, though a settlement that arrives after all is still booked once.
 */
export type Phase = "reserved" | "presumed" | "released" | "settled";

/** What the store keeps of a request. */
export interface RequestRecord {
  readonly phase: Phase;
  /** The day in whose budgets it counts, whenever it is settled. */
  readonly day: number;
  /** What was set aside for it. */
  readonly reserved: Amount;
  /** End of its lease, in milliseconds since the epoch; without a reservation, when it was booked or given up. */
  readonly expiresAtMs: number;
  /** In whose budgets it counts, whoever settles it. */
  readonly caller: Caller;
  /** What was booked when it was settled. */
  readonly settled: Amount;
}

/** What happens to a request, to the budgets of its caller in its day, and to the ledger, all at once. */
export interface Change {
  readonly record: RequestRecord;
  /** To add to used. */
  readonly used: Amount;
  /** To add to reserved. */
  readonly reserved: Amount;
  readonly lines: readonly LedgerLine[];
}

/** A moment on the store's clock. */
export interface Moment {
  readonly nowMs: number;
  readonly day: number;
}

/** A reservation that has been checked against every limit. */
export function reserve(caller: Caller, amount: Amount, leaseMs: number, { nowMs, day }: Moment): Change {
  const expiresAtMs = nowMs + leaseMs;
  const record = { phase: "reserved", day, reserved: amount, expiresAtMs, caller, settled: nothing } as const;
  return { record, used: nothing, reserved: amount, lines: [] };
}

/** The lease ran out: the reservation counts as spent in full until somebody says what was. */
export function presume(requestId: string, record: RequestRecord): Change {
  return {
    record: { ...record, phase: "presumed" },
    used: record.reserved,
    reserved: negative(record.reserved),
    lines: [presumptionLine("presumed", requestId, record.caller, record.reserved)],
  };
}

/** Books what was used, whatever had been reserved; undefined where that was done before. */
export function settle(record: RequestRecord | undefined, settlement: Settlement, now: Moment): Change | undefined {
  const settled = settledAmount(settlement);
  const lines = linesOf(settlement);
  const before = record ?? closedRecord(settlement.caller, now);
  const after = { ...before, phase: "settled", settled } as const;
  switch (record?.phase) {
    case "settled":
      return undefined;
    case "reserved":
      return { record: after, used: settled, reserved: negative(before.reserved), lines };
    case "presumed":
      return {
        record: after,
        used: plus(settled, negative(before.reserved)),
        reserved: nothing,
        lines: [...lines, correction(settlement.requestId, before)],
      };
    default:
      return { record: after, used: settled, reserved: nothing, lines };
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
  if (record === undefined) {
    return { record: closedRecord(caller, now), used: nothing, reserved: nothing, lines: [] };
  }
  const after = { ...record, phase: "released" } as const;
  const givenBack = negative(record.reserved);
  switch (record.phase) {
    case "reserved":
      return { record: after, used: nothing, reserved: givenBack, lines: [] };
    case "presumed":
      return { record: after, used: givenBack, reserved: nothing, lines: [correction(requestId, record)] };
    default:
      return undefined;
  }
}

function correction(requestId: string, record: RequestRecord): LedgerLine {
  return presumptionLine("corrected", requestId, record.caller, negative(record.reserved));
}

function closedRecord(caller: Caller, { nowMs, day }: Moment): RequestRecord {
  return { phase: "released", day, reserved: nothing, expiresAtMs: nowMs, caller, settled: nothing };
}
