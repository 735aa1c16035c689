import { logistic, logOdds } from "../src/domain/odds/odds.ts";
import type { Examples } from "./examples.ts";
import { fitNet, joinNets, type Labels, type Net, output, project, type Settings, softmax } from "./fit.ts";
import { withOwnWords } from "./own-words.ts";

/** How the odds are learned; chosen by cross-validation on the train files alone. */
export const settings = {
  nets: [
    { structureScale: 0.15, seed: 1 },
    { structureScale: 0.3, seed: 2 },
  ],
  dimensions: 24,
  epochs: 6,
  rate: 0.05,
  sourceWeight: 1,
  fullHeads: 4,
  spread: 0.03,
  tableShare: 0.6,
  /** Share of a head's own words in the mix, where it has them; what the heads share and the table have the rest. */
  ownShare: 0.5,
  /** The same of the few maths questions, of which the shared dimensions learn little. */
  ownShareOfMaths: 0.85,
  /** Rows of a source that the mean over all sources counts for. */
  tablePrior: 10,
} as const;

/** A net and the mean score of each head on each source. */
export interface Learnt {
  readonly net: Net;
  /** Heads whose own words are the last dimensions of the net, in that order. */
  readonly ownHeads: readonly number[];
  /** Sources x heads. */
  readonly table: Float64Array;
  readonly means: Float64Array;
}

/** Learns from some of the rows; the heads given get words of their own. */
export function learn(
  examples: Examples,
  labels: Labels,
  rows: readonly number[],
  featureCount: number,
  ownHeads: readonly number[],
): Learnt {
  const nets = settings.nets.map((own) => {
    const one: Settings = { ...settings, ...own };
    return fitNet(examples, labels, rows, featureCount, one);
  });
  const net = withOwnWords(joinNets(nets), examples, labels, rows, ownHeads);
  return { net, ownHeads, ...tableOf(labels, rows) };
}

function tableOf({ outcomes, sources, headCount, sourceCount }: Labels, rows: readonly number[]) {
  const sums = new Float64Array(sourceCount * headCount);
  const counts = new Float64Array(sourceCount * headCount);
  const means = new Float64Array(headCount);
  const totals = new Float64Array(headCount);
  for (const row of rows) {
    for (const [head, score] of outcomes[row] ?? []) {
      const cell = (sources[row] as number) * headCount + head;
      sums[cell] = (sums[cell] as number) + score;
      counts[cell] = (counts[cell] as number) + 1;
      means[head] = (means[head] as number) + score;
      totals[head] = (totals[head] as number) + 1;
    }
  }
  for (let head = 0; head < headCount; head++)
    means[head] = (means[head] as number) / Math.max(1, totals[head] as number);
  const prior = settings.tablePrior;
  const table = sums.map(
    (sum, cell) => (sum + prior * (means[cell % headCount] as number)) / ((counts[cell] as number) + prior),
  );
  return { table, means };
}

/** What is said of a row before trees and calibration. */
export interface LinearReading {
  /** Chance by what all heads share and the table, by head. */
  readonly shared: Float64Array;
  /** Score by own words, by own head. */
  readonly own: Float64Array;
}

/** The linear judgements of a row. */
export function predict(
  { net, table, ownHeads }: Learnt,
  examples: Examples,
  row: number,
  labels: Labels,
  unlike: number,
): LinearReading {
  const hidden = new Float32Array(net.dimensions);
  const likely = new Float32Array(labels.sourceCount);
  project(examples, row, net, hidden);
  softmax(net.sources.weights, net.sources.bias, hidden, likely);
  const known = 1 - (likely[unlike] as number);
  const shared = Float64Array.from({ length: labels.headCount }, (_, head) => {
    const own = logistic(output(net.heads.weights, net.heads.bias, head, hidden));
    let mean = 0;
    for (let source = 0; source < likely.length; source++) {
      if (source !== unlike) mean += (likely[source] as number) * (table[source * labels.headCount + head] as number);
    }
    return known < 1e-6 ? own : (1 - settings.tableShare) * own + (settings.tableShare * mean) / known;
  });
  return { shared, own: Float64Array.from(hidden.subarray(net.dimensions - ownHeads.length)) };
}

/** Mixes a reading into a chance for each head. */
export function mixReading(
  { shared, own }: LinearReading,
  ownHeads: readonly number[],
  ownShares: readonly number[],
): Float64Array {
  const chances = shared.slice();
  for (const [place, head] of ownHeads.entries()) {
    const share = ownShares[place] as number;
    chances[head] = (1 - share) * (shared[head] as number) + share * (own[place] as number);
  }
  return chances;
}

/** Share of own words for each head that has them. */
export const ownSharesOf = (heads: readonly string[], ownHeads: readonly number[]): number[] =>
  ownHeads.map((head) => (heads[head]?.startsWith("gsm8k|") ? settings.ownShareOfMaths : settings.ownShare));

/** Fits `a + b * x` as the log-odds of y, by Newton's method with a little ridge towards 0 and 1. */
export function fitLogistic(xs: readonly number[], ys: readonly number[]): readonly [number, number] {
  let [a, b] = [0, 1];
  for (let round = 0; round < 30; round++) {
    let [slopeA, slopeB, aa, ab, bb] = [a, b - 1, 1, 0, 1];
    for (let index = 0; index < xs.length; index++) {
      const x = xs[index] as number;
      const chance = logistic(a + b * x);
      const error = chance - (ys[index] as number);
      const weight = Math.max(1e-6, chance * (1 - chance));
      slopeA += error;
      slopeB += error * x;
      aa += weight;
      ab += weight * x;
      bb += weight * x * x;
    }
    const determinant = aa * bb - ab * ab;
    a -= (bb * slopeA - ab * slopeB) / determinant;
    b -= (aa * slopeB - ab * slopeA) / determinant;
  }
  return [a, b];
}

export { logOdds };
