import type { Amount } from "./amount.ts";
import type { Limit } from "./limits.ts";

/** What a user of a tenant used today. */
export interface UserUse {
  readonly tenant: string;
  /** Empty: nobody was named. */
  readonly user: string;
  readonly used: Amount;
}

/**
 * The largest share of a tenant's daily budget that one user used, by tenant; of several limits of the day, the one that is nearest. A
 * tenant without a limit for the day, or without users, is left out.
 */
export function largestUserShares(
  uses: readonly UserUse[],
  limitsOf: (tenant: string) => readonly Limit[],
): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { tenant, user, used } of uses) {
    if (user === "") continue;
    for (const { scope, window, tier, unit, allowed } of limitsOf(tenant)) {
      if (!scope.startsWith("tenant/") || window !== "day" || tier !== undefined) continue;
      const amount = unit === "tokens" ? used.tokens : used.costUsdNanos;
      shares.set(tenant, Math.max(shares.get(tenant) ?? 0, Number(amount) / Number(allowed)));
    }
  }
  return shares;
}
