import { type Limit, limitsFor } from "./limits.ts";
import type { LimitPolicy } from "./policy.ts";
import type { Rate } from "./rate.ts";
import { organisationOf, type Payer, scopeName } from "./scopes.ts";
import type { ModelTier } from "./tally.ts";

/** A count of what a scope used and holds reserved in a day or month. */
export interface Account {
  readonly scope: string;
  readonly period: "day" | "month";
  /** Counts only what models of this tier use. */
  readonly tier: ModelTier | undefined;
}

/** A bucket of a scope. */
export interface Meter extends Rate {
  readonly scope: string;
  readonly unit: "tokens" | "requests";
  readonly tier: ModelTier | undefined;
}

/** A limit and where it is counted: an index of accounts, or of meters where its window is a minute. */
export interface Term {
  readonly limit: Limit;
  readonly place: number;
}

/** What a request has to fit, and everything it is counted in. */
export interface Terms {
  readonly payer: Payer;
  readonly terms: readonly Term[];
  readonly accounts: readonly Account[];
  readonly meters: readonly Meter[];
}

/** Finds the terms of a request; undefined: its budget tier is not configured. */
export type TermsOf = (payer: Payer, budgetTier: string) => Terms | undefined;

/** Callers whose terms are kept at once. */
const mostKept = 10_000;

/** The terms by a policy, each made once for as long as it is asked for again and again. */
export function termsBy(policy: LimitPolicy): TermsOf {
  let kept = new Map<string, Terms>();
  let before = kept;
  return (payer, budgetTier) => {
    const { organisation, tenant, user, feature, apiKey } = payer;
    const key = JSON.stringify([budgetTier, organisation, tenant, user, feature, apiKey]);
    const known = kept.get(key) ?? before.get(key);
    const terms = known ?? termsFor(payer, budgetTier, policy);
    if (terms === undefined) return undefined;
    if (kept.size >= mostKept) [before, kept] = [kept, new Map()];
    kept.set(key, terms);
    return terms;
  };
}

/** The terms of a request that nothing limits. */
export function noTerms(payer: Payer): Terms {
  return { payer, terms: [], accounts: alwaysCounted(payer), meters: [] };
}

/**
 * The terms of a request; undefined: its budget tier is not configured. Tenant and organisation are counted by day and month
 * and users by day, limited or not, so that a limit that is new holds from its window's beginning; every other scope is
 * counted from when it is first limited.
 */
export function termsFor(payer: Payer, budgetTier: string, policy: LimitPolicy): Terms | undefined {
  const limits = limitsFor(payer, budgetTier, policy);
  if (limits === undefined) return undefined;
  const accounts = alwaysCounted(payer);
  const meters: Meter[] = [];
  const terms = limits.map((limit): Term => {
    const { scope, tier, window, unit } = limit;
    if (window === "minute") {
      const meter = { scope, tier, unit: unit === "requests" ? unit : "tokens", ...rateOf(limit) } as const;
      return { limit, place: meters.push(meter) - 1 };
    }
    const at = accounts.findIndex((account) => account.scope === scope && account.period === window);
    return { limit, place: at >= 0 ? at : accounts.push({ scope, period: window, tier }) - 1 };
  });
  return { payer, terms, accounts, meters };
}

const rateOf = ({ perMinute, allowed }: Limit): Rate => ({ perMinute, burst: Number(allowed) });

function alwaysCounted(payer: Payer): Account[] {
  const { tenant, user } = payer;
  const organisation = organisationOf(payer);
  const account = (scope: string, period: "day" | "month"): Account => ({ scope, period, tier: undefined });
  const accounts = [account(scopeName.tenant(tenant), "day"), account(scopeName.tenant(tenant), "month")];
  if (organisation !== tenant) {
    accounts.push(account(scopeName.organisation(organisation), "day"));
    accounts.push(account(scopeName.organisation(organisation), "month"));
  }
  if (user !== "") accounts.push(account(scopeName.user(tenant, user), "day"));
  return accounts;
}
