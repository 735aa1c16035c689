import { cascaded, checkedRows, fitChecker } from "./cascade.ts";
import { type Choices, choosePrices } from "./frontier.ts";
import { chooseThreshold, type Scored } from "./measures.ts";
import { type RoutingRow, setOf } from "./routing-data.ts";
import { costOf, type Pair, pairsOfSet, unitPrices } from "./sets.ts";

/** Shares of the strong model's quality that thresholds are chosen for. */
export const qualityTargets = ["95", "98", "99", "100"] as const;
export type QualityTarget = (typeof qualityTargets)[number];

/** Thresholds chosen on train prompts, each predicted by weights that had not seen it. */
export interface OperatingPoints {
  /** By `set|strong|cheap`. */
  readonly pairs: Readonly<Record<string, PairPoints>>;
  /** By set: prices of cost for the best score, and for the score of the best single model. */
  readonly many: Readonly<Record<string, { readonly best: number; readonly equal: number }>>;
}

export interface PairPoints {
  readonly thresholds: Readonly<Record<QualityTarget, number>>;
  /** The checker of a simulated cascade; absent where the set does not tell the length of answers. */
  readonly checker?: readonly number[];
  readonly cascade?: Readonly<Record<QualityTarget, number>>;
}

export const pairKey = (set: string, { strong, cheap }: Pair) => `${set}|${strong}|${cheap}`;

/** The prompts of a set that both models of a pair answered, with what `chanceOf` makes of them. */
export function scoredPair(
  rows: readonly RoutingRow[],
  { strong, cheap }: Pair,
  scoreOf: (row: RoutingRow, index: number) => number,
): Scored[] {
  return rows.flatMap((row, index): Scored[] => {
    const [good, low] = [row.models[strong], row.models[cheap]];
    if (!good || !low) return [];
    const costs = { strongCost: costOf(row, strong), cheapCost: costOf(row, cheap) };
    return [{ strong: good.score, cheap: low.score, ...costs, score: scoreOf(row, index) }];
  });
}

/** The priced models that answered most of a set, in the order of their names. */
export function pricedModels(rows: readonly RoutingRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { models } of rows) for (const name of Object.keys(models)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .flatMap(([name, count]) => (unitPrices.has(name) && count > 0.9 * rows.length ? [name] : []))
    .sort();
}

/** The prompts of a set that all the models answered. */
export function choicesOf(
  rows: readonly RoutingRow[],
  models: readonly string[],
  chanceOf: (index: number, model: string) => number,
): Choices[] {
  return rows.flatMap((row, index): Choices[] => {
    if (!models.every((model) => row.models[model])) return [];
    return [
      {
        chances: models.map((model) => chanceOf(index, model)),
        scores: models.map((model) => row.models[model]?.score ?? 0),
        costs: models.map((model) => costOf(row, model)),
      },
    ];
  });
}

/** Chooses all operating points. `chanceOf` is the chance of a head for a row, out of fold. */
export function chooseOperatingPoints(
  rows: readonly RoutingRow[],
  chanceOf: (row: number, head: string) => number,
): OperatingPoints {
  const pairs: Record<string, PairPoints> = {};
  const many: Record<string, { best: number; equal: number }> = {};
  for (const set of new Set(rows.map(setOf))) {
    const numbers = [...rows.keys()].filter((index) => setOf(rows[index] as RoutingRow) === set);
    const own = numbers.map((index) => rows[index] as RoutingRow);
    const chance = (index: number, model: string) => chanceOf(numbers[index] as number, `${set}|${model}`);
    for (const pair of pairsOfSet.get(set) ?? []) {
      const scored = scoredPair(own, pair, (_, index) => chance(index, pair.strong) - chance(index, pair.cheap));
      pairs[pairKey(set, pair)] = { thresholds: thresholdsOf(scored), ...cascadePoints(own, pair, chance) };
    }
    const models = pricedModels(own);
    if (models.length > 2) many[set] = choosePrices(choicesOf(own, models, chance));
  }
  return { pairs, many };
}

function cascadePoints(
  rows: readonly RoutingRow[],
  pair: Pair,
  chanceOf: (index: number, model: string) => number,
): Pick<PairPoints, "checker" | "cascade"> {
  const checked = checkedRows(rows, pair, chanceOf);
  if (checked.length < 0.9 * rows.length) return {};
  const checker = fitChecker(checked, pair);
  return { checker, cascade: thresholdsOf(cascaded(checked, pair, checker)) };
}

/** A threshold for each target; a score no prompt reaches where all may go to the cheap model. */
export function thresholdsOf(scored: readonly Scored[]): Record<QualityTarget, number> {
  const finite = (value: number) => Math.max(-9, Math.min(9, Math.round(value * 1e6) / 1e6));
  return {
    "95": finite(chooseThreshold(scored, 0.95)),
    "98": finite(chooseThreshold(scored, 0.98)),
    "99": finite(chooseThreshold(scored, 0.99)),
    "100": finite(chooseThreshold(scored, 1)),
  };
}
