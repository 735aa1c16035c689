import { createHash } from "node:crypto";
import { logistic, logOdds } from "../src/domain/odds/odds.ts";
import { encodeWeights, type OddsHeader } from "../src/domain/odds/weights.ts";
import { chooseVocabulary, readExamples } from "./examples.ts";
import type { Labels } from "./fit.ts";
import { fitLogistic, learn, mixReading, ownSharesOf, predict, settings } from "./learn.ts";
import { commonModels, type OutcomeRow, type TierOf } from "./outcome-rows.ts";
import { quantized } from "./quantize.ts";
import { foldOf } from "./routing-data.ts";

const folds = 5;
const vocabularySize = 65_535;
const fewestTexts = 2;

/** What was learned, and how well it foretells outcomes that it had not seen. */
export interface LearntOutcomes {
  readonly weights: Uint8Array;
  readonly header: OddsHeader;
  readonly heads: readonly HeadQuality[];
}

export interface HeadQuality {
  readonly name: string;
  readonly count: number;
  readonly mean: number;
  /** Mean logarithm of the chance given to what happened, negated: out of fold, and where the mean alone is told. */
  readonly loss: number;
  readonly meanLoss: number;
}

/**
 * Learns the chance that each model is good enough from the operator's own outcomes; `unlike` are prompts that stand for all
 * others. The same rows give the same weights.
 */
export function learnOutcomes(rows: readonly OutcomeRow[], tierOf: TierOf, unlike: readonly string[]): LearntOutcomes {
  const names = headNames(rows, tierOf);
  const kinds = [...new Set(rows.map(({ source }) => source)), "unlike"];
  const labels: Labels = {
    outcomes: rows.map((row) => outcomesOf(row, names, tierOf)),
    sources: [...rows.map(({ source }) => kinds.indexOf(source)), ...unlike.map(() => kinds.length - 1)],
    ...{ headCount: names.length, sourceCount: kinds.length },
  };
  const texts = [...rows.map(({ prompt }) => prompt), ...unlike];
  const vocabulary = chooseVocabulary(texts, fewestTexts, vocabularySize);
  const examples = readExamples(texts, vocabulary);
  const { buckets } = vocabulary;
  const own = [...names.keys()];
  const ownShares = ownSharesOf(names, own);
  const parts = texts.map((text) => foldOf(text, folds));
  const raw = rows.map((): Float64Array => new Float64Array(names.length));
  for (let fold = 0; fold < folds; fold++) {
    const seen = [...parts.keys()].filter((row) => parts[row] !== fold);
    if (seen.length === parts.length) continue;
    const part = learn(examples, labels, seen, buckets.length, own);
    for (const row of rows.keys()) {
      if (parts[row] !== fold) continue;
      raw[row] = mixReading(predict(part, examples, row, labels, kinds.length - 1), own, ownShares);
    }
  }
  const seen = names.map((_, head) => seenBy(labels, raw, head));
  const calibrations = seen.map(({ xs, ys }) => fitLogistic(xs, ys));
  const { net, table, means } = learn(examples, labels, [...texts.keys()], buckets.length, own);
  const numbers = quantized(net, vocabulary);
  const shared = net.dimensions - own.length;
  const rowOf = (from: Float32Array, row: number) =>
    round(from.subarray(row * net.dimensions, row * net.dimensions + shared));
  const header: OddsHeader = {
    ...{ format: "switchyard-odds/2", dimensions: net.dimensions, features: buckets.length },
    version: `own-${createHash("sha256").update(numbers.words).digest("hex").slice(0, 8)}`,
    ...{ wordSteps: numbers.wordSteps, rarityStep: numbers.rarityStep },
    ...{ structure: round(net.structure), bias: round(net.bias) },
    heads: names.map((name, head) => ({
      name,
      weights: rowOf(net.heads.weights, head),
      bias: rounded(net.heads.bias[head] ?? 0),
      calibration: (calibrations[head] ?? [0, 1]).map(rounded) as unknown as readonly [number, number],
      mean: rounded(means[head] ?? 0),
    })),
    sources: kinds.map((name, source) => ({
      name,
      weights: rowOf(net.sources.weights, source),
      bias: rounded(net.sources.bias[source] ?? 0),
      scores: round(table.subarray(source * names.length, (source + 1) * names.length)),
    })),
    ...{ unlike: kinds.length - 1, tableShare: settings.tableShare, ownHeads: own, ownShares, trees: [] },
    ...{ asGood: [0, 1], chances: "good-enough" },
  };
  return {
    header,
    weights: encodeWeights(header, buckets, numbers.rarities, numbers.words),
    heads: names.map((name, head) => qualityOf(name, seen[head] as Seen, calibrations[head] ?? [0, 1])),
  };
}

const rounded = (value: number) => Number(value.toFixed(4));
const round = (values: Iterable<number>) => Array.from(values, rounded);

/** Models with enough outcomes, and the tiers of which there are some. */
function headNames(rows: readonly OutcomeRow[], tierOf: TierOf): string[] {
  const tiers = new Set(rows.flatMap(({ models }) => Object.keys(models).flatMap((model) => tierOf[model] ?? [])));
  return [...commonModels(rows).map((model) => `own|${model}`), ...[...tiers].sort().map((tier) => `tier|${tier}`)];
}

function outcomesOf({ models }: OutcomeRow, names: readonly string[], tierOf: TierOf): [number, number][] {
  const own = Object.entries(models).map(([model, score]): [number, number] => [names.indexOf(`own|${model}`), score]);
  const byTier = Map.groupBy(Object.entries(models), ([model]) => tierOf[model] ?? "");
  const tiers = [...byTier].map(([tier, scores]): [number, number] => [
    names.indexOf(`tier|${tier}`),
    scores.reduce((sum, [, score]) => sum + score, 0) / scores.length,
  ]);
  return [...own, ...tiers].filter(([head]) => head >= 0);
}

interface Seen {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

function seenBy({ outcomes }: Labels, raw: readonly Float64Array[], head: number): Seen {
  const pairs = outcomes.flatMap((own, row) =>
    own.flatMap(([one, score]) => (one === head ? [[logOdds(raw[row]?.[head] ?? 0.5), score] as const] : [])),
  );
  return { xs: pairs.map(([x]) => x), ys: pairs.map(([, y]) => y) };
}

function qualityOf(name: string, { xs, ys }: Seen, [offset, slope]: readonly [number, number]): HeadQuality {
  const mean = ys.reduce((sum, y) => sum + y, 0) / Math.max(1, ys.length);
  const lossOf = (chance: (index: number) => number) =>
    ys.reduce((sum, y, index) => {
      const kept = Math.min(0.999, Math.max(0.001, chance(index)));
      return sum - y * Math.log(kept) - (1 - y) * Math.log(1 - kept);
    }, 0) / Math.max(1, ys.length);
  const loss = lossOf((index) => logistic(offset + slope * (xs[index] ?? 0)));
  return { name, count: ys.length, mean, loss, meanLoss: lossOf(() => mean) };
}
