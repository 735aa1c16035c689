import type { Unit } from "./amount.ts";

/** A bound on what a scope may use in a window. */
export interface Limit {
  /** For people and errors: `tenant/acme/tokens_per_day`. */
  readonly name: string;
  /** Whose usage it bounds; see {@link tenantScope} and {@link userScope}. */
  readonly scope: string;
  readonly unit: Unit;
  /** In its unit. */
  readonly allowed: bigint;
  readonly window: "day";
}

/** Limits of one scope, as configured; absent is unlimited. */
export interface ScopeLimits {
  readonly tokensPerDay?: number | undefined;
  readonly usdPerDay?: number | undefined;
}

export interface TierLimits {
  readonly tenant: ScopeLimits;
  readonly user: ScopeLimits;
}

/** Every limit of the configuration. */
export interface LimitPolicy {
  readonly tiers: Readonly<Record<string, TierLimits>>;
  /** Limits of single tenants; each that is set stands in place of the tier's. */
  readonly tenants: Readonly<Record<string, TierLimits>>;
}

/** Whose budgets a request draws on. */
export interface Payer {
  readonly tenant: string;
  /** Empty: none. */
  readonly user: string;
}

/** `tenant/acme`: all usage of a tenant. */
export function tenantScope(tenant: string): string {
  return `tenant/${escaped(tenant)}`;
}

/** `user/acme/jane`: the usage of one user of a tenant. */
export function userScope(tenant: string, user: string): string {
  return `user/${escaped(tenant)}/${escaped(user)}`;
}

/** Every scope that a request is counted in, limited or not. */
export function scopesOf({ tenant, user }: Payer): string[] {
  return user === "" ? [tenantScope(tenant)] : [tenantScope(tenant), userScope(tenant, user)];
}

/** The limits that a request of this payer has to pass, in the order they are named in a refusal; undefined: no such tier. */
export function limitsFor(payer: Payer, budgetTier: string, policy: LimitPolicy): Limit[] | undefined {
  const tier = own(policy.tiers, budgetTier);
  if (tier === undefined) return undefined;
  const tenant = own(policy.tenants, payer.tenant);
  const limits = scopeLimits(tenantScope(payer.tenant), tier.tenant, tenant?.tenant);
  if (payer.user === "") return limits;
  return limits.concat(scopeLimits(userScope(payer.tenant, payer.user), tier.user, tenant?.user));
}

function scopeLimits(scope: string, tier: ScopeLimits, override: ScopeLimits | undefined): Limit[] {
  const limits: Limit[] = [];
  const tokens = override?.tokensPerDay ?? tier.tokensPerDay;
  const usd = override?.usdPerDay ?? tier.usdPerDay;
  if (tokens !== undefined) {
    limits.push({ name: `${scope}/tokens_per_day`, scope, unit: "tokens", allowed: BigInt(tokens), window: "day" });
  }
  if (usd !== undefined) {
    const allowed = BigInt(Math.round(usd * 1e9));
    limits.push({ name: `${scope}/usd_per_day`, scope, unit: "usd_nanos", allowed, window: "day" });
  }
  return limits;
}

/** Names may hold slashes; escaped, `a/b` + `c` and `a` + `b/c` remain two. Half a surrogate pair is no text to any store. */
function escaped(part: string): string {
  return part.toWellFormed().replaceAll("%", "%25").replaceAll("/", "%2F");
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
