import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Amount } from "./domain/amount.ts";
import type { BookedLine, Settlement } from "./domain/ledger.ts";
import type { Limit } from "./domain/limits.ts";

/** A reservation that is asked for. */
export interface ReserveOrder {
  readonly requestId: string;
  readonly caller: Caller;
  readonly amount: Amount;
  readonly leaseMs: number;
  /** All of them must hold, or nothing is reserved; the first that does not is named. */
  readonly limits: readonly Limit[];
}

export type ReserveVerdict =
  | { readonly granted: true; readonly expiresAt: Date }
  | {
      readonly granted: false;
      readonly limit: Limit;
      /** In the limit's unit, as are the others. */
      readonly used: bigint;
      readonly reserved: bigint;
      readonly requested: bigint;
      readonly resetsAt: Date;
    };

export interface ScopeUsage {
  readonly used: Amount;
  readonly reserved: Amount;
  readonly resetsAt: Date;
}

export interface LedgerPage {
  /** Only this tenant's; undefined: everybody's. */
  readonly tenant: string | undefined;
  /** Lines behind this position; 0n: from the oldest. */
  readonly afterSequence: bigint;
  readonly limit: number;
}

/**
 * Keeps budgets, reservations and the ledger. Every operation happens whole or not at all, and every mutation is idempotent
 * by tenant and request id. The store's own clock decides on days and leases; reservations whose lease ran out are presumed
 * spent at the next operation of their tenant, or by {@link sweep}. All operations reject with an RpcError, UNAVAILABLE,
 * if the store cannot be reached.
 */
export interface BudgetStore {
  /**
   * Sets the amount aside in every scope of the caller if every limit has it: used + reserved + requested <= allowed.
   * A request that was granted before, or is settled or released by now, gets its first answer and nothing more is set
   * aside; a refused one is looked at anew.
   */
  reserve(order: ReserveOrder): Promise<ReserveVerdict>;
  /** Books what a request used and frees its reservation. Resolves to what was booked, the first time. */
  settle(settlement: Settlement): Promise<Amount>;
  /** Frees a reservation; nothing happens to a settled request. */
  release(requestId: string, caller: Caller): Promise<void>;
  /** What a scope of a tenant used and holds reserved in the running day. */
  usage(tenant: string, scope: string): Promise<ScopeUsage>;
  /** Lines of the ledger, oldest first; fewer than the limit: the end. */
  ledger(page: LedgerPage): Promise<BookedLine[]>;
  /** Presumes spent whatever is overdue and forgets what is past its retention. Resolves to how many were presumed. */
  sweep(): Promise<number>;
  /** Whether the store can be reached, as far as is known. */
  isReady(): boolean;
  close(): Promise<void>;
}
