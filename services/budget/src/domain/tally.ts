import type { Tier } from "@switchyard/contracts/vocabulary/routing";
import { type Amount, negative, nothing, plus } from "./amount.ts";

/** A tier of models. */
export type ModelTier = "TIER_ECONOMY" | "TIER_STANDARD" | "TIER_PREMIUM";

/** Every tier of models, cheapest first. */
export const modelTiers: readonly ModelTier[] = ["TIER_ECONOMY", "TIER_STANDARD", "TIER_PREMIUM"];

export const isModelTier = (tier: Tier): tier is ModelTier => (modelTiers as readonly Tier[]).includes(tier);

/** 1 for the cheapest tier, 3 for the dearest. */
export const rankOf = (tier: ModelTier): number => modelTiers.indexOf(tier) + 1;

/**
 * What a request reserves or uses in all, and of the models of each tier. Reserved, the tiers are bounds of which any may
 * come true, so they do not sum up to the whole; used, they do. A tier that is absent is not asked.
 */
export interface Tally {
  readonly all: Amount;
  readonly byTier: Readonly<Partial<Record<ModelTier, Amount>>>;
}

export const emptyTally: Tally = { all: nothing, byTier: {} };

/** The part of a tally that concerns a tier; undefined is the whole. */
export function partOf({ all, byTier }: Tally, tier: ModelTier | undefined): Amount {
  return tier === undefined ? all : (byTier[tier] ?? nothing);
}

export function negativeTally({ all, byTier }: Tally): Tally {
  const parts = Object.entries(byTier).map(([tier, amount]) => [tier, negative(amount)]);
  return { all: negative(all), byTier: Object.fromEntries(parts) };
}

export function plusTally(left: Tally, right: Tally): Tally {
  const byTier: Partial<Record<ModelTier, Amount>> = { ...left.byTier };
  for (const [tier, amount] of Object.entries(right.byTier) as [ModelTier, Amount][]) {
    byTier[tier] = plus(byTier[tier] ?? nothing, amount);
  }
  return { all: plus(left.all, right.all), byTier };
}
