import type { Amount } from "../domain/amount.ts";
import { type ModelTier, modelTiers, type Tally } from "../domain/tally.ts";

type Pair = readonly [tokens: number, costUsdNanos: number];

/**
 * A tally as the stores keep it: JSON of `[all, economy, standard, premium]`, each `[tokens, nano-USD]`, or 0 for a tier that
 * is absent. Numbers are exact below 2^53.
 */
export function fromTally({ all, byTier }: Tally): string {
  let text = `[[${all.tokens},${all.costUsdNanos}]`;
  for (const tier of modelTiers) {
    const amount = byTier[tier];
    text += amount ? `,[${amount.tokens},${amount.costUsdNanos}]` : ",0";
  }
  return `${text}]`;
}

/** What {@link fromTally} wrote. */
export function toTally(text: string): Tally {
  const [all, ...tiers] = JSON.parse(text) as [Pair, ...(Pair | 0)[]];
  const amount = ([tokens, cost]: Pair): Amount => ({ tokens: BigInt(tokens), costUsdNanos: BigInt(cost) });
  const byTier: Partial<Record<ModelTier, Amount>> = {};
  modelTiers.forEach((tier, index) => {
    const pair = tiers[index];
    if (pair) byTier[tier] = amount(pair);
  });
  return { all: amount(all), byTier };
}
