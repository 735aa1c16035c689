import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import { type Amount, negative, nothing, plus } from "./amount.ts";
import { organisationOf, type Payer } from "./scopes.ts";

/** What a process may grant a tenant by itself; undefined: nothing. */
export type GraceOf = (payer: Payer) => Amount | undefined;

/** A policy for requests while the store cannot be reached, as configured. */
export type OutagePolicy = "deny" | { readonly allow: { readonly tokens: number; readonly usd: number } };

export interface GracePolicy {
  readonly whenUnreachable: OutagePolicy;
  readonly tenants: Readonly<Record<string, { readonly whenUnreachable?: OutagePolicy | undefined }>>;
}

/** The grace of each tenant: its own policy, or that of all. */
export function graceBy({ whenUnreachable, tenants }: GracePolicy): GraceOf {
  return ({ tenant }) => {
    const special = Object.hasOwn(tenants, tenant) ? tenants[tenant]?.whenUnreachable : undefined;
    const policy = special ?? whenUnreachable;
    if (policy === "deny") return undefined;
    return { tokens: BigInt(policy.allow.tokens), costUsdNanos: BigInt(Math.round(policy.allow.usd * 1e9)) };
  };
}

/** Whether any tenant has a grace. */
export function hasGrace({ whenUnreachable, tenants }: GracePolicy): boolean {
  const policies = [whenUnreachable, ...Object.values(tenants).map((tenant) => tenant.whenUnreachable)];
  return policies.some((policy) => policy !== undefined && policy !== "deny");
}

/** What tenants have been granted out of their grace and not given back. */
export interface GraceAccounts {
  /** Adds if the grace has it. */
  take(caller: Caller, amount: Amount, grace: Amount): boolean;
  /** Gives back what was taken. */
  giveBack(caller: Caller, amount: Amount): void;
}

export function graceAccounts(): GraceAccounts {
  const taken = new Map<string, Amount>();
  const keyOf = (caller: Caller) => JSON.stringify([organisationOf(caller), caller.tenant]);
  const add = (key: string, amount: Amount) => {
    const sum = plus(taken.get(key) ?? nothing, amount);
    if (sum.tokens === 0n && sum.costUsdNanos === 0n) taken.delete(key);
    else taken.set(key, sum);
  };
  return {
    take(caller, amount, grace) {
      const key = keyOf(caller);
      const sum = plus(taken.get(key) ?? nothing, amount);
      if (sum.tokens > grace.tokens || sum.costUsdNanos > grace.costUsdNanos) return false;
      add(key, amount);
      return true;
    },
    giveBack: (caller, amount) => add(keyOf(caller), negative(amount)),
  };
}
