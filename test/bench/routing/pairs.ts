import type { RoutingRow } from "@switchyard/service-router/training/routing-data";
import { type Pair, pairsOfSet, unitPrices } from "@switchyard/service-router/training/sets";

/**
 * The pairs to measure a set with: those of a known set; otherwise its dearest and its cheapest model where the prices are
 * known, or else the models with the best and the worst mean score.
 */
export function pairsFor(set: string, rows: readonly RoutingRow[]): readonly Pair[] {
  const counts = new Map<string, { count: number; sum: number }>();
  for (const { models } of rows) {
    for (const [name, { score }] of Object.entries(models)) {
      const seen = counts.get(name) ?? { count: 0, sum: 0 };
      counts.set(name, { count: seen.count + 1, sum: seen.sum + score });
    }
  }
  const known = (pairsOfSet.get(set) ?? []).filter(({ strong, cheap }) => counts.has(strong) && counts.has(cheap));
  if (known.length > 0) return known;
  const common = [...counts].filter(([, { count }]) => count > 0.5 * rows.length);
  const priced = common.filter(([name]) => unitPrices.has(name));
  const worth = ([name, { count, sum }]: (typeof common)[number]) =>
    priced.length > 1 ? (unitPrices.get(name)?.output ?? 0) + (sum / count) * 1e-3 : sum / count;
  const ranked = (priced.length > 1 ? priced : common).sort((a, b) => worth(b) - worth(a));
  const [strong, cheap] = [ranked[0]?.[0], ranked.at(-1)?.[0]];
  return strong && cheap && strong !== cheap ? [{ strong, cheap }] : [];
}
