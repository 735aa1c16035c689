import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Amount } from "../domain/amount.ts";
import { calendarOf } from "../domain/calendar.ts";
import type { BookedLine, Settlement, TieredAttempt } from "../domain/ledger.ts";
import type { Limit } from "../domain/limits.ts";
import type { LimitName, LimitSetting, ScopeLimits, TierLimits } from "../domain/policy.ts";
import { organisationOf } from "../domain/scopes.ts";
import { noTerms, type Terms, termsFor } from "../domain/terms.ts";
import type { BudgetStore, LedgerPage, OnSettled, ReserveOrder, ReserveVerdict } from "../ports.ts";

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

/** What a store may be opened with. */
export interface FixtureOptions {
  readonly ledgerKeepMs?: number;
  readonly onSettled?: OnSettled;
}

export type OpenFixture = (options?: FixtureOptions) => Promise<BudgetStoreFixture>;

export const utc = calendarOf("UTC");

export const callerOf = (tenant: string, user = "", fields: Partial<Caller> = {}): Caller => ({
  tenant,
  user,
  feature: "",
  labels: {},
  budgetTier: "pro",
  organisation: "",
  apiKey: "",
  ...fields,
});

export const jane = callerOf("acme", "jane");

export const amount = (tokens: number, costUsdNanos = 0): Amount => ({
  tokens: BigInt(tokens),
  costUsdNanos: BigInt(costUsdNanos),
});

/** The limits of a scope, as plain numbers where nothing is special about them. */
export type PlainLimits = { readonly [Name in LimitName]?: number | LimitSetting };

/** The limits of a budget tier; what is left out is unlimited. */
export interface PlainTier extends Partial<Record<Exclude<keyof TierLimits, "modelTier">, PlainLimits>> {
  readonly modelTier?: Partial<Record<"economy" | "standard" | "premium", PlainLimits>>;
}

export function tierLimits({ modelTier, ...scopes }: PlainTier): TierLimits {
  const limits = (plain: PlainLimits = {}): ScopeLimits =>
    Object.fromEntries(
      Object.entries(plain).map(([name, value]) => [name, typeof value === "number" ? { hard: value } : value]),
    );
  return {
    organisation: limits(scopes.organisation),
    tenant: limits(scopes.tenant),
    user: limits(scopes.user),
    feature: limits(scopes.feature),
    apiKey: limits(scopes.apiKey),
    modelTier: {
      economy: limits(modelTier?.economy),
      standard: limits(modelTier?.standard),
      premium: limits(modelTier?.premium),
    },
  };
}

/** The terms of a caller under the limits of one tier. */
export function termsOf(caller: Caller, tier: PlainTier): Terms {
  const policy = { tiers: { pro: tierLimits(tier) }, organisations: {}, tenants: {} };
  return termsFor(caller, "pro", policy) ?? noTerms(caller);
}

/** An order by jane of acme, under the limits of one tier. */
export function order(
  requestId: string,
  tier: PlainTier,
  { amount: all = amount(0), ...fields }: Partial<ReserveOrder> & { amount?: Amount } = {},
): ReserveOrder {
  const caller = fields.caller ?? jane;
  return {
    requestId,
    caller,
    bound: { all, byTier: {} },
    firstTier: undefined,
    isRouted: false,
    leaseMs: 10 * minuteMs,
    terms: termsOf(caller, tier),
    ...fields,
  };
}

/** A verdict, flat. */
export type FlatVerdict =
  | { readonly granted: true; readonly expiresAt: Date }
  | {
      readonly granted: false;
      readonly limit: Limit;
      readonly used: bigint;
      readonly reserved: bigint;
      readonly requested: bigint;
      readonly resetsAt: Date | undefined;
    };

/** Reserves what must be granted or refused, and not narrowed. */
export async function reserve(store: BudgetStore, wanted: ReserveOrder): Promise<FlatVerdict> {
  return flat(await store.reserve(wanted));
}

function flat(verdict: ReserveVerdict): FlatVerdict {
  if (verdict.verdict === "granted") return { granted: true, expiresAt: verdict.expiresAt };
  if (verdict.verdict === "narrowed") throw new Error("the request was narrowed");
  const { limit, used, reserved, requested, endsAt } = verdict.shortage;
  return { granted: false, limit, used, reserved, requested, resetsAt: endsAt };
}

/** Settles under no limits. */
export function settle(store: BudgetStore, settled: Settlement): Promise<Amount> {
  return store.settle(settled, noTerms(settled.caller));
}

export function attempt(fields: Partial<TieredAttempt> & { tokens?: number; cost?: number } = {}): TieredAttempt {
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
    continued: false,
    tier: "TIER_ECONOMY",
    ...rest,
  };
}

export function settlement(requestId: string, attempts: TieredAttempt[], fields: Partial<Settlement> = {}): Settlement {
  return {
    requestId,
    caller: jane,
    attempts,
    cacheVerdict: "CACHE_VERDICT_MISS",
    model: "small",
    tier: "TIER_ECONOMY",
    baselineCostUsdNanos: 0n,
    task: "TASK_CHAT",
    promptPrefix: "",
    ...fields,
  };
}

/** What a scope used and holds reserved today: `[used tokens, used cost, reserved tokens, reserved cost]`. */
export async function counts(
  store: BudgetStore,
  scope = "tenant/acme",
  organisation = organisationOf({ tenant: decodeURIComponent(scope.split("/")[1] ?? ""), organisation: "" }),
): Promise<number[]> {
  const { used, reserved } = await store.usage(organisation, scope);
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
