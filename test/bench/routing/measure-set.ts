import type { Odds } from "@switchyard/service-router/odds";
import { cascaded, checkedRows } from "@switchyard/service-router/training/cascade";
import { alone, type Outcome, oracle, spend, triedPrices } from "@switchyard/service-router/training/frontier";
import {
  type CurvePoint,
  type Operation,
  operate,
  recoveredGain,
  type Scored,
} from "@switchyard/service-router/training/measures";
import {
  choicesOf,
  type OperatingPoints,
  type PairPoints,
  pairKey,
  pricedModels,
  qualityTargets,
  scoredPair,
} from "@switchyard/service-router/training/operating-points";
import { type RoutingRow, setOf } from "@switchyard/service-router/training/routing-data";
import type { Pair } from "@switchyard/service-router/training/sets";
import { areaUnderCurve } from "../classifier/measures.ts";
import { type Chances, chancesOf, pairScore } from "./chances.ts";
import { pairsFor } from "./pairs.ts";

/** What is measured of a pair. Shares are 0 to 1. */
export interface PairMeasures {
  readonly strong: string;
  readonly cheap: string;
  readonly apgr: number;
  readonly cpt50: number;
  readonly cpt80: number;
  /** Share of the strong model's cost saved, by the share of its quality that the threshold was chosen to keep. */
  readonly saved: Readonly<Record<string, number>>;
  /** The share of the strong model's quality that those thresholds reached here. */
  readonly reached: Readonly<Record<string, number>>;
  /** Where the thresholds are from: `train`, or `none` where the pair was never trained on and all goes to the strong model. */
  readonly thresholds: "train" | "none";
  /** Is the cheap model good enough: how well the odds rank the prompts by it. Absent where all answers are alike. */
  readonly outcomeAuc?: OutcomeAuc;
  /** The cheap model first, and the strong one where a checker doubts the answer; absent where lengths are not known. */
  readonly cascade?: CascadeMeasures;
}

/** Areas under the ROC curve, 0.5 for a coin. */
export interface OutcomeAuc {
  /** The cheap answer is good (a score of at least a half), by its chance. */
  readonly good?: number;
  /** The cheap answer is as good as the strong one's, by the difference of their chances. */
  readonly asGood?: number;
}

/** A simulated cascade whose checker sees the odds and the length of the cheap answer, nothing else. */
export interface CascadeMeasures {
  readonly apgr: number;
  readonly saved: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
  /** Share of the prompts that went on to the strong model, by target. */
  readonly escalated: Readonly<Record<string, number>>;
}

export interface SetMeasures extends PairMeasures {
  readonly prompts: number;
  readonly pairs?: readonly PairMeasures[];
  /** Points of score above the best single model, at the price of cost that was best on train. */
  readonly gainPoints?: number;
  /** Cost saved beside the best single model, at the price of cost that kept its score on train, and the points beside it. */
  readonly savedAtEqualScore?: number;
  readonly equalScorePoints?: number;
  readonly frontier?: Frontier;
  readonly curve: readonly CurvePoint[];
}

/** A cost-quality frontier; costs are shares of the best single model's. */
export interface Frontier {
  readonly models: readonly string[];
  readonly bestSingle: { readonly model: string; readonly score: number };
  readonly oracle: Outcome;
  readonly points: readonly Outcome[];
}

/** Measures routing on the prompts of one file. */
export function measureSet(rows: readonly RoutingRow[], odds: Odds, points: OperatingPoints): SetMeasures {
  const set = rows[0] ? setOf(rows[0]) : "";
  const chances = chancesOf(rows, odds);
  const pairs = pairsFor(set, rows);
  const measured = pairs.map((pair) => {
    const scored = scoredPair(rows, pair, (_, index) => pairScore(chances, index, set, pair));
    const { curve, ...gain } = recoveredGain(scored);
    const trained = points.pairs[pairKey(set, pair)];
    const cascade = cascadeOf(rows, pair, (index, model) => chances.chance(index, set, model), trained);
    const outcomeAuc = outcomeAucOf(rows, set, pair, chances);
    const measures = {
      ...pair,
      ...rounded(gain),
      ...savings(scored, trained),
      outcomeAuc,
      ...(cascade && { cascade }),
    };
    return { curve, measures };
  });
  const [first] = measured;
  if (!first) throw new TypeError("a set needs prompts that two models answered");
  return {
    prompts: rows.length,
    ...first.measures,
    ...(measured.length > 1 && { pairs: measured.map(({ measures }) => measures) }),
    ...manyModels(rows, set, (index, model) => chances.chance(index, set, model), points),
    curve: first.curve,
  };
}

function savings(scored: readonly Scored[], trained: PairPoints | undefined) {
  const at = qualityTargets.map((target): [string, Operation] => [
    target,
    // Thresholds may not be chosen here, on what is measured: a pair that nobody trained on stays with its strong side.
    operate(scored, trained?.thresholds[target] ?? Number.NEGATIVE_INFINITY),
  ]);
  return {
    saved: rounded(Object.fromEntries(at.map(([target, { saved }]) => [target, saved]))),
    reached: rounded(Object.fromEntries(at.map(([target, { quality }]) => [target, quality]))),
    thresholds: trained ? ("train" as const) : ("none" as const),
  };
}

/** How well the odds tell the prompts that the cheap model of a pair answers well enough. */
export function outcomeAucOf(
  rows: readonly RoutingRow[],
  set: string,
  pair: Pair,
  chances: Pick<Chances, "chance">,
): OutcomeAuc {
  const answered = rows.flatMap((row, index) => {
    const [strong, cheap] = [row.models[pair.strong], row.models[pair.cheap]];
    if (!strong || !cheap) return [];
    const cheapChance = chances.chance(index, set, pair.cheap);
    const gap = chances.chance(index, set, pair.strong) - cheapChance;
    return [{ cheapChance, gap, isGood: cheap.score >= 0.5, isAsGood: cheap.score >= strong.score }];
  });
  const good = areaUnderCurve(answered.map(({ cheapChance, isGood }) => ({ score: cheapChance, isTrue: isGood })));
  const asGood = areaUnderCurve(answered.map(({ gap, isAsGood }) => ({ score: -gap, isTrue: isAsGood })));
  return rounded({ ...(good !== undefined && { good }), ...(asGood !== undefined && { asGood }) });
}

function cascadeOf(
  rows: readonly RoutingRow[],
  pair: Pair,
  chanceOf: (index: number, model: string) => number,
  trained: PairPoints | undefined,
): CascadeMeasures | undefined {
  const thresholds = trained?.cascade;
  const checked = trained?.checker ? checkedRows(rows, pair, chanceOf) : [];
  if (!thresholds || checked.length === 0) return undefined;
  const scored = cascaded(checked, pair, trained.checker ?? []);
  const at = qualityTargets.map((target): [string, Operation] => [target, operate(scored, thresholds[target])]);
  const pick = (field: keyof Operation) => rounded(Object.fromEntries(at.map(([target, one]) => [target, one[field]])));
  return {
    apgr: Math.round(1e4 * recoveredGain(scored).apgr) / 1e4,
    saved: pick("saved"),
    reached: pick("quality"),
    escalated: pick("strongShare"),
  };
}

function manyModels(
  rows: readonly RoutingRow[],
  set: string,
  chance: (index: number, model: string) => number,
  points: OperatingPoints,
) {
  const models = pricedModels(rows);
  const prices = points.many[set];
  if (models.length < 3 || !prices) return {};
  const choices = choicesOf(rows, models, chance);
  const singles = alone(choices);
  const best = singles.reduce((a, b) => (b.score > a.score ? b : a));
  const beside = ({ score, cost }: Outcome) => rounded({ score, cost: cost / best.cost });
  const atBest = spend(choices, prices.best);
  const atEqual = spend(choices, prices.equal);
  return rounded({
    gainPoints: 100 * (atBest.score - best.score),
    gainSaved: 1 - atBest.cost / best.cost,
    savedAtEqualScore: 1 - atEqual.cost / best.cost,
    equalScorePoints: 100 * (atEqual.score - best.score),
    frontier: {
      models,
      bestSingle: { model: models[singles.indexOf(best)] as string, score: best.score },
      oracle: beside(oracle(choices)),
      points: triedPrices.map((price) => beside(spend(choices, price))),
    } satisfies Frontier,
  });
}

/** Four digits after the point, for numbers one level deep. */
function rounded<Values extends object>(values: Values): Values {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value,
  ]);
  return Object.fromEntries(entries) as Values;
}

export type { Pair };
