import type { Amount } from "./amount.ts";
import type { Limit, Unit } from "./limits.ts";
import { type Bucket, hasRoom, type Rate, usedOf, waitMs } from "./rate.ts";
import { type ModelTier, modelTiers, partOf, rankOf, type Tally } from "./tally.ts";
import type { Terms } from "./terms.ts";

/** What a request asks for. */
export interface Demand {
  /** The most it can use; limits on tiers that are absent in it are not looked at. */
  readonly bound: Tally;
  /** Tier of the first choice. */
  readonly firstTier: ModelTier | undefined;
  /** Whether the platform chose the models and may choose others. */
  readonly isRouted: boolean;
}

/** What an account of a window holds. */
export interface Balance {
  readonly used: Amount;
  readonly reserved: Amount;
}

/** The accounts and meters of some terms, as they are now; meters have leaked. */
export interface Books {
  readonly balances: readonly Balance[];
  readonly buckets: readonly Bucket[];
}

/** A limit that has too little left, in its unit. */
export interface Shortage {
  readonly limit: Limit;
  readonly used: bigint;
  readonly reserved: bigint;
  readonly requested: bigint;
  /** Of a window of a minute: milliseconds until it fits; undefined: never, or another window. */
  readonly waitMs: number | undefined;
}

/** A limit that is fuller than it should get; the share is that of what is used and reserved, this request not included. */
export interface Fullness {
  readonly limit: Limit;
  readonly share: number;
}

export type Judgement =
  | { readonly verdict: "fits"; readonly warnings: readonly Fullness[] }
  | { readonly verdict: "refused"; readonly shortage: Shortage }
  | {
      readonly verdict: "narrowed";
      /** Cheapest first; never empty. */
      readonly tiers: readonly ModelTier[];
      readonly because: Fullness;
      /** Set where a limit on a tier has too little left. */
      readonly shortage: Shortage | undefined;
    };

/**
 * Whether a request fits all its limits: used + reserved + requested <= allowed in each. One that does not fit only because
 * of tiers it could do without is narrowed to the others, and so is a routed one whose first choice is dearer than a budget
 * this empty advises.
 */
export function judge(terms: Terms, demand: Demand, books: Books): Judgement {
  const warnings: Fullness[] = [];
  const exhausted = new Map<ModelTier, Shortage>();
  let highest = modelTiers.length;
  let adviser: Fullness | undefined;
  for (const { limit, place } of terms.terms) {
    if (!concerns(limit, demand)) continue;
    const requested = requestedOf(limit, demand.bound);
    const standing = standingOf(limit, place, requested, books);
    if (standing.shortage && limit.tier === undefined) return { verdict: "refused", shortage: standing.shortage };
    if (standing.shortage && limit.tier !== undefined && !exhausted.has(limit.tier)) {
      exhausted.set(limit.tier, standing.shortage);
    }
    const fullness = { limit, share: standing.share };
    if (limit.warnAt !== undefined && fullness.share >= limit.warnAt) warnings.push(fullness);
    const advised = highestTier(fullness);
    if (advised < highest) [highest, adviser] = [advised, fullness];
  }
  return narrow(demand, exhausted, highest, adviser) ?? { verdict: "fits", warnings };
}

/** A limit on a tier concerns requests that may ask it; requests are counted for the tier of the first choice. */
function concerns({ tier, unit }: Limit, { bound, firstTier }: Demand): boolean {
  if (tier === undefined) return true;
  return unit === "requests" ? tier === firstTier : bound.byTier[tier] !== undefined;
}

function requestedOf({ unit, tier }: Limit, bound: Tally): bigint {
  return unit === "requests" ? 1n : inUnit(partOf(bound, tier), unit);
}

/** What of a limit is used and reserved, and whether so much more fits. */
export function standingOf(
  limit: Limit,
  place: number,
  requested: bigint,
  { balances, buckets }: Books,
): { used: bigint; reserved: bigint; share: number; shortage: Shortage | undefined } {
  const { allowed, unit } = limit;
  if (limit.window === "minute") {
    const bucket = buckets[place] as Bucket;
    const rate: Rate = { perMinute: limit.perMinute, burst: Number(allowed) };
    const share = (bucket.level / 60_000_000 + bucket.held) / rate.burst;
    const [used, reserved] = [BigInt(usedOf(bucket)), BigInt(bucket.held)];
    if (hasRoom(bucket, Number(requested), rate)) return { used, reserved, share, shortage: undefined };
    const shortage = { limit, used, reserved, requested, waitMs: waitMs(bucket, Number(requested), rate) };
    return { used, reserved, share, shortage };
  }
  const balance = balances[place] as Balance;
  const used = inUnit(balance.used, unit);
  const reserved = inUnit(balance.reserved, unit);
  const share = Number(used + reserved) / Number(allowed);
  const fits = used + reserved + requested <= allowed;
  const shortage = fits ? undefined : { limit, used, reserved, requested, waitMs: undefined };
  return { used, reserved, share, shortage };
}

function highestTier({ limit: { downgradeAt }, share }: Fullness): number {
  if (downgradeAt.economy !== undefined && share >= downgradeAt.economy) return rankOf("TIER_ECONOMY");
  if (downgradeAt.standard !== undefined && share >= downgradeAt.standard) return rankOf("TIER_STANDARD");
  return modelTiers.length;
}

function narrow(
  { isRouted, firstTier }: Demand,
  exhausted: ReadonlyMap<ModelTier, Shortage>,
  highest: number,
  adviser: Fullness | undefined,
): Judgement | undefined {
  const isAdvised = isRouted && firstTier !== undefined && rankOf(firstTier) > highest;
  if (exhausted.size === 0 && !isAdvised) return undefined;
  const tiers = modelTiers.filter((tier) => !exhausted.has(tier) && !(isAdvised && rankOf(tier) > highest));
  const [shortage] = exhausted.values();
  const isFirstGone = firstTier !== undefined && exhausted.has(firstTier);
  if (shortage && (tiers.length === 0 || (isFirstGone && !isRouted))) return { verdict: "refused", shortage };
  if (shortage) {
    const { limit, used, reserved } = shortage;
    const share = Number(used + reserved) / Number(limit.allowed);
    return { verdict: "narrowed", tiers, because: { limit, share }, shortage };
  }
  return { verdict: "narrowed", tiers, because: adviser as Fullness, shortage: undefined };
}

function inUnit(amount: Amount, unit: Unit): bigint {
  return unit === "tokens" ? amount.tokens : amount.costUsdNanos;
}
