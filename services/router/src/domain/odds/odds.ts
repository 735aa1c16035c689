import { createFeatureReader } from "./prompt-features.ts";
import { createTreeJudge, type TreeGroup, treeInputCount, writeTreeInputs } from "./trees.ts";
import type { OddsHeader, OddsWeights } from "./weights.ts";

/** What the weights say of one prompt. Belongs to the odds and holds until the next prompt is read. */
export interface Reading {
  /** Chance of a good answer, 0 to 1, by head. */
  readonly chances: Float64Array;
  /** How little the prompt resembles those that were measured, 0 to 1. */
  readonly unlike: number;
  /** How far it resembles each source, 0 to 1; the one that stands for all others included. */
  readonly likely: Float64Array;
}

/** Tells from a prompt how likely each model answers it well. */
export interface Odds {
  readonly version: string;
  /** Number of a head by its name, `set|model` or `tier|economy`; undefined where there is none. */
  headOf(name: string): number | undefined;
  readonly heads: readonly string[];
  /** Names of the kinds of prompts that were measured; undefined for that which stands for all others. */
  readonly sources: readonly (string | undefined)[];
  /** Reads a prompt once, for all heads. */
  read(text: string): Reading;
  /** Chance (0 to 1) that an answer is as good as the baseline's, from the chance of each to be good; shifted in log-odds. */
  asGoodAs(chance: number, baselineChance: number, shift?: number): number;
}

/** Makes odds of weights. Reading a prompt allocates nothing that stays. */
export function createOdds(weights: OddsWeights): Odds {
  const { header } = weights;
  const read = createFeatureReader(weights.vocabulary);
  const hidden = new Float64Array(header.dimensions);
  const steps = Float64Array.from(header.wordSteps);
  const structure = Float64Array.from(header.structure);
  const bias = Float64Array.from(header.bias);
  const sharedDimensions = header.dimensions - header.ownHeads.length;
  const heads = layerOf(header.heads, sharedDimensions);
  const sources = layerOf(header.sources, sharedDimensions);
  const chances = new Float64Array(header.heads.length);
  const likely = new Float64Array(header.sources.length);
  const mix = mixer(header);
  const numbers = new Map(header.heads.map(({ name }, head) => [name, head]));

  return {
    version: header.version,
    heads: header.heads.map(({ name }) => name),
    sources: header.sources.map(({ name }, source) => (source === header.unlike ? undefined : name)),
    headOf: (name) => numbers.get(name),
    read(text) {
      const features = read(text);
      addWords(features.grams, weights, hidden);
      for (let k = 0; k < hidden.length; k++) {
        hidden[k] = (hidden[k] as number) * (steps[k] as number) + (bias[k] as number);
      }
      for (let part = 0; part < features.structure.length; part++) {
        const value = features.structure[part] as number;
        const from = part * hidden.length;
        for (let k = 0; k < hidden.length; k++)
          hidden[k] = (hidden[k] as number) + (structure[from + k] as number) * value;
      }
      outputs(sources, hidden, likely);
      normalise(likely);
      outputs(heads, hidden, chances);
      return { chances, unlike: mix(likely, chances, hidden, features.structure), likely };
    },
    asGoodAs: (chance, baselineChance, shift = 0) =>
      header.chances === "good-enough"
        ? logistic(logOdds(chance) + shift)
        : logistic(header.asGood[0] + header.asGood[1] * (chance - baselineChance) + shift),
  };
}

/** Sums the words of a text, each weighed by its rarity, as a vector of length 1, in the steps of the quantized words. */
function addWords(
  { ids, values, size }: { ids: Int32Array; values: Float32Array; size: number },
  { words, rarity }: OddsWeights,
  hidden: Float64Array,
): void {
  const dimensions = hidden.length;
  hidden.fill(0);
  let squares = 0;
  for (let slot = 0; slot < size; slot++) {
    const id = ids[slot] as number;
    const often = values[slot] as number;
    const value = (often === 1 ? 1 : 1 + Math.log(often)) * (rarity[id] as number);
    squares += value * value;
    const from = id * dimensions;
    for (let k = 0; k < dimensions; k++) hidden[k] = (hidden[k] as number) + (words[from + k] as number) * value;
  }
  const length = squares === 0 ? 1 : Math.sqrt(squares);
  for (let k = 0; k < dimensions; k++) hidden[k] = (hidden[k] as number) / length;
}

/** Outputs of the dimensions that all heads share, which come first. */
interface OutputLayer {
  readonly dimensions: number;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

const layerOf = (
  rows: readonly { readonly weights: readonly number[]; readonly bias: number }[],
  dimensions: number,
): OutputLayer => {
  const weights = new Float64Array(rows.length * dimensions);
  for (const [index, row] of rows.entries()) weights.set(row.weights.slice(0, dimensions), index * dimensions);
  return { dimensions, weights, bias: Float64Array.from(rows, (row) => row.bias) };
};

function outputs({ dimensions, weights, bias }: OutputLayer, hidden: Float64Array, into: Float64Array): void {
  for (let index = 0; index < into.length; index++) {
    let sum = bias[index] as number;
    const from = index * dimensions;
    for (let k = 0; k < dimensions; k++) sum += (weights[from + k] as number) * (hidden[k] as number);
    into[index] = sum;
  }
}

/** Turns log-odds of outcomes that exclude each other into chances. */
function normalise(logOdds: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logOdds) if (value > largest) largest = value;
  let total = 0;
  for (let index = 0; index < logOdds.length; index++) {
    logOdds[index] = Math.exp((logOdds[index] as number) - largest);
    total += logOdds[index] as number;
  }
  for (let index = 0; index < logOdds.length; index++) logOdds[index] = (logOdds[index] as number) / total;
}

/** Sources less likely than this do not move the mean of the table. */
const negligible = 0.002;

/**
 * Mixes each head's log-odds with its mean score on prompts of the kind and with its own words, in place; where a set has
 * trees, they judge by these. Returns how unlike all kinds the prompt is.
 */
function mixer({ heads, sources, unlike, tableShare, ownHeads, ownShares, trees, dimensions }: OddsHeader) {
  const scores = sources.map((source) => Float64Array.from(source.scores));
  const shared = new Float64Array(heads.length);
  const offsets = Float64Array.from(heads, ({ calibration }) => calibration[0]);
  const slopes = Float64Array.from(heads, ({ calibration }) => calibration[1]);
  const firstOwn = dimensions - ownHeads.length;
  const groups = trees.map((group) => treeGroup(group, ownHeads, firstOwn));
  return (likely: Float64Array, chances: Float64Array, hidden: Float64Array, structure: Float32Array): number => {
    const total = meanScores(likely, scores, unlike, shared);
    for (let head = 0; head < chances.length; head++) {
      const chance = logistic(chances[head] as number);
      const mean = shared[head] as number;
      shared[head] = total === 0 ? chance : (1 - tableShare) * chance + (tableShare * mean) / total;
    }
    chances.set(shared);
    for (let place = 0; place < ownHeads.length; place++) {
      const head = ownHeads[place] as number;
      const share = ownShares[place] as number;
      chances[head] = (1 - share) * (shared[head] as number) + share * (hidden[firstOwn + place] as number);
    }
    for (const judge of groups) judge(hidden, shared, structure, chances);
    for (let head = 0; head < chances.length; head++) {
      const calibrated = (offsets[head] as number) + (slopes[head] as number) * logOdds(chances[head] as number);
      chances[head] = logistic(calibrated);
    }
    return likely[unlike] ?? 0;
  };
}

/** Sums the mean scores of the sources by how likely each is; returns the sum of those shares. */
function meanScores(likely: Float64Array, scores: readonly Float64Array[], unlike: number, into: Float64Array): number {
  into.fill(0);
  let total = 0;
  for (let source = 0; source < likely.length; source++) {
    const share = likely[source] as number;
    const table = scores[source] as Float64Array;
    if (share < negligible || source === unlike) continue;
    total += share;
    for (let head = 0; head < into.length; head++) {
      into[head] = (into[head] as number) + share * (table[head] as number);
    }
  }
  return total;
}

/** Writes the chances of a group's heads, as its trees see them. */
function treeGroup(group: TreeGroup, ownHeads: readonly number[], firstOwn: number) {
  const { heads, pair } = group;
  const places = heads.map((head) => firstOwn + ownHeads.indexOf(head));
  const judge = createTreeJudge(group);
  const inputs = new Float32Array(treeInputCount(heads.length));
  const linear = { own: new Float64Array(heads.length), shared: new Float64Array(heads.length) };
  const judged = new Float64Array(heads.length);
  return (hidden: Float64Array, shared: Float64Array, structure: Float32Array, chances: Float64Array): void => {
    for (let place = 0; place < heads.length; place++) {
      linear.own[place] = hidden[places[place] as number] as number;
      linear.shared[place] = shared[heads[place] as number] as number;
    }
    writeTreeInputs(linear, heads.length, pair, structure, inputs);
    judge(inputs, judged);
    for (let place = 0; place < heads.length; place++) chances[heads[place] as number] = judged[place] as number;
  };
}

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
/** The log-odds of a chance, which is kept off 0 and 1. */
export const logOdds = (chance: number): number => {
  const kept = Math.min(0.999, Math.max(0.001, chance));
  return Math.log(kept / (1 - kept));
};
