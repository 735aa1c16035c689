import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Amount } from "../domain/amount.ts";
import type { BookedLine, Settlement } from "../domain/ledger.ts";
import { type LimitPolicy, limitsFor, type TierLimits } from "../domain/limits.ts";
import type { BudgetStore, LedgerPage, ReserveOrder } from "../ports.ts";

/** Noon, so that a test passes midnight only when it means to. It lies ahead of any server's clock. */
export const noonMs = Date.UTC(2040, 0, 1, 12);
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** An empty store under test, as two processes see it, on a clock that stands at {@link noonMs}. */
export interface BudgetStoreFixture {
  readonly store: BudgetStore;
  readonly other: BudgetStore;
  advance(ms: number): void;
  /** Closes both and removes the data. */
  close(): Promise<void>;
}

export type OpenFixture = () => Promise<BudgetStoreFixture>;

export const callerOf = (tenant: string, user = "") => ({ tenant, user, feature: "", labels: {}, budgetTier: "pro" });

export const jane = callerOf("acme", "jane");

export const amount = (tokens: number, costUsdNanos = 0): Amount => ({
  tokens: BigInt(tokens),
  costUsdNanos: BigInt(costUsdNanos),
});

/** An order by jane of acme, under the limits of one tier. */
export function order(requestId: string, tier: Partial<TierLimits>, fields: Partial<ReserveOrder> = {}): ReserveOrder {
  const caller = fields.caller ?? jane;
  const policy: LimitPolicy = { tiers: { pro: { tenant: {}, user: {}, ...tier } }, tenants: {} };
  const limits = limitsFor(caller, "pro", policy) ?? [];
  return { requestId, caller, amount: amount(0), leaseMs: 10 * minuteMs, limits, ...fields };
}

export function attempt(fields: Partial<Attempt> & { tokens?: number; cost?: number } = {}): Attempt {
  const { tokens, cost, ...rest } = fields;
  return {
    model: "small",
    provider: "maker",
    outcome: "ok",
    durationUs: 0n,
    timeToFirstTokenUs: 0n,
    usage:
      tokens === undefined
        ? undefined
        : {
            inputTokens: BigInt(tokens) - BigInt(tokens) / 4n,
            cachedInputTokens: 0n,
            outputTokens: BigInt(tokens) / 4n,
            reasoningTokens: 0n,
            extraJson: "",
          },
    usageEstimated: false,
    costUsdNanos: BigInt(cost ?? 0),
    hedge: false,
    ...rest,
  };
}

export function settlement(requestId: string, attempts: Attempt[], fields: Partial<Settlement> = {}): Settlement {
  return {
    requestId,
    caller: jane,
    attempts,
    cacheVerdict: "CACHE_VERDICT_MISS",
    model: "small",
    baselineCostUsdNanos: 0n,
    task: "TASK_CHAT",
    ...fields,
  };
}

/** What a scope used and holds reserved today: `[used tokens, used cost, reserved tokens, reserved cost]`. */
export async function counts(store: BudgetStore, scope = "tenant/acme"): Promise<number[]> {
  const tenant = decodeURIComponent(scope.split("/")[1] ?? "");
  const { used, reserved } = await store.usage(tenant, scope);
  return [used.tokens, used.costUsdNanos, reserved.tokens, reserved.costUsdNanos].map(Number);
}

/** The whole ledger, or a tenant's, in one page unless told otherwise. */
export function lines(store: BudgetStore, page: Partial<LedgerPage> = {}): Promise<BookedLine[]> {
  return store.ledger({ tenant: undefined, afterSequence: 0n, limit: 10_000, ...page });
}

/** The ledger as `outcome tokens cost` of each line. */
export async function bill(store: BudgetStore): Promise<string[]> {
  return (await lines(store)).map(({ outcome, usage, costUsdNanos }) => {
    const tokens = usage === undefined ? 0n : usage.inputTokens + usage.outputTokens;
    return `${outcome} ${tokens} ${costUsdNanos}`;
  });
}
