import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Amount } from "./domain/amount.ts";
import type { Windows } from "./domain/calendar.ts";
import type { Books, Fullness, Shortage } from "./domain/judge.ts";
import type { BookedLine, Settlement } from "./domain/ledger.ts";
import type { Group, TotalsQuery } from "./domain/report.ts";
import type { ModelTier, Tally } from "./domain/tally.ts";
import type { Terms } from "./domain/terms.ts";

/** A reservation that is asked for. */
export interface ReserveOrder {
  readonly requestId: string;
  readonly caller: Caller;
  /** The most it can use. */
  readonly bound: Tally;
  /** Tier of the first choice; undefined: not known. */
  readonly firstTier: ModelTier | undefined;
  /** Whether the platform chose the models and may choose others. */
  readonly isRouted: boolean;
  readonly leaseMs: number;
  /** All of its limits must hold, or nothing is reserved; the first that does not is named. */
  readonly terms: Terms;
}

/** An answer to an order, see {@link judge}. */
export type ReserveVerdict =
  | {
      readonly verdict: "granted";
      readonly expiresAt: Date;
      /** None where the grant is repeated. */
      readonly warnings: readonly Fullness[];
      /** Whether it was granted without the store. */
      readonly isGrace: boolean;
    }
  | { readonly verdict: "refused"; readonly shortage: DatedShortage }
  | {
      readonly verdict: "narrowed";
      readonly tiers: readonly ModelTier[];
      readonly because: Fullness;
      readonly shortage: DatedShortage | undefined;
    };

/** A shortage and when it ends. */
export interface DatedShortage extends Shortage {
  /** Undefined: never, for a request of that size. */
  readonly endsAt: Date | undefined;
  /** Milliseconds until then by the store's clock; undefined: never. */
  readonly retryAfterMs: number | undefined;
}

export interface ScopeUsage {
  readonly used: Amount;
  readonly reserved: Amount;
  readonly resetsAt: Date;
}

/** What the limits of some terms hold, and when. */
export interface Standing {
  readonly books: Books;
  /** By the store's clock. */
  readonly nowMs: number;
  readonly windows: Windows;
}

/** Looks up how full limits are. */
export interface LimitStandings {
  /** Everything that requests of these terms are counted in, at one moment. Rejects with an RpcError, UNAVAILABLE, as the store. */
  standing(terms: Terms): Promise<Standing>;
}

/** Hears of each request that a store has settled, the first time; what is repeated is not told again. */
export type OnSettled = (settlement: Settlement) => void;

export interface LedgerPage {
  /** Only this tenant's; undefined: everybody's. */
  readonly tenant: string | undefined;
  /** Lines behind this position; 0n: from the oldest. */
  readonly afterSequence: bigint;
  readonly limit: number;
}

/**
 * Keeps budgets, reservations and the ledger. Every operation happens whole or not at all, and every mutation is idempotent
 * by organisation, tenant and request id. The store's own clock decides on windows and leases; reservations whose lease ran
 * out are presumed spent at the next operation of their organisation, or by {@link sweep}. All operations reject with an
 * RpcError, UNAVAILABLE, if the store cannot be reached.
 */
export interface BudgetStore {
  /**
   * Sets the amount aside in everything the request is counted in if all its limits have it. A request that was granted
   * before, or is settled or released by now, gets its first answer and nothing more is set aside; a refused or narrowed one
   * is looked at anew.
   */
  reserve(order: ReserveOrder): Promise<ReserveVerdict>;
  /**
   * Books what a request used and frees its reservation; one that was never reserved counts by these terms. Resolves to what
   * was booked, the first time.
   */
  settle(settlement: Settlement, terms: Terms): Promise<Amount>;
  /** Frees a reservation; nothing happens to a settled request. */
  release(requestId: string, caller: Caller): Promise<void>;
  /** What a scope used and holds reserved in the running day. */
  usage(organisation: string, scope: string): Promise<ScopeUsage>;
  /** Lines of the ledger, oldest first; fewer than the limit: the end. */
  ledger(page: LedgerPage): Promise<BookedLine[]>;
  /**
   * Sums over the lines that were ever booked, those that were trimmed included, kept with them in one step. Combinations
   * without a line are left out; one whose lines cancel out may be there with zeros.
   */
  totals(query: TotalsQuery): Promise<Group[]>;
  /** Presumes spent whatever is overdue and forgets what is past its retention. Resolves to how many were presumed. */
  sweep(): Promise<number>;
  /** Whether the store can be reached, as far as is known. */
  isReady(): boolean;
  close(): Promise<void>;
}
