import { structureSize } from "../src/domain/odds/structure.ts";
import type { Examples } from "./examples.ts";
import { type Random, seededRandom, shuffle } from "./random.ts";

/** What is known of each example. */
export interface Labels {
  /** Heads and the score each reached, 0 to 1. */
  readonly outcomes: readonly (readonly (readonly [head: number, score: number])[])[];
  /** The source it is from. */
  readonly sources: ArrayLike<number>;
  readonly headCount: number;
  readonly sourceCount: number;
}

export interface Settings {
  /** Numbers that a prompt is boiled down to. */
  readonly dimensions: number;
  readonly epochs: number;
  readonly rate: number;
  /** How much telling the source counts beside telling the outcomes. */
  readonly sourceWeight: number;
  /** Heads of one example that count in full; where there are more, each counts less. */
  readonly fullHeads: number;
  /** What the structure is multiplied by: how fast it learns beside the words. */
  readonly structureScale: number;
  /** Spread of the random numbers that words and structure begin with. */
  readonly spread: number;
  readonly seed: number;
}

/**
 * A linear map from features to a few dimensions, shared by all heads, and from there to the log-odds of each head and of
 * each source. Sharing lets the outcomes of forty models teach each one of them; the sources teach it what task it is.
 */
export interface Net {
  readonly dimensions: number;
  readonly structureScale: number;
  /** Features x dimensions. */
  readonly words: Float32Array;
  /** Structure x dimensions. */
  readonly structure: Float32Array;
  readonly bias: Float32Array;
  readonly heads: Layer;
  readonly sources: Layer;
}

/** Outputs x dimensions, and a bias for each output. */
export interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Numbers with the sum of the squares of their slopes, as Adagrad steps them. */
interface Learned {
  readonly at: Float32Array;
  readonly squares: Float32Array;
}

/** Learns a net from the rows given, by Adagrad, one example at a time; the same seed gives the same net. */
export function fitNet(
  examples: Examples,
  labels: Labels,
  rows: readonly number[],
  featureCount: number,
  settings: Settings,
): Net {
  const { dimensions, epochs } = settings;
  const random = seededRandom(settings.seed * 7_919 + 1);
  const start = (length: number, spread: number) => learned(length, random, spread);
  const layerSpread = 0.3 / Math.sqrt(dimensions);
  const words = start(featureCount * dimensions, settings.spread);
  const structure = start(structureSize * dimensions, settings.spread);
  const bias = start(dimensions, 0);
  const heads = { weights: start(labels.headCount * dimensions, layerSpread), bias: start(labels.headCount, 0) };
  const sources = { weights: start(labels.sourceCount * dimensions, layerSpread), bias: start(labels.sourceCount, 0) };
  const hidden = new Float32Array(dimensions);
  const slope = new Float32Array(dimensions);
  const chances = new Float32Array(labels.sourceCount);
  const order = [...rows];
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    const rate = settings.rate * (1 - (0.8 * epoch) / epochs);
    for (const row of order) {
      project(examples, row, { ...settings, words: words.at, structure: structure.at, bias: bias.at }, hidden);
      slope.fill(0);
      const outcomes = labels.outcomes[row] ?? [];
      const share = Math.min(1, settings.fullHeads / outcomes.length);
      for (const [head, score] of outcomes) {
        const chance = 1 / (1 + Math.exp(-output(heads.weights.at, heads.bias.at, head, hidden)));
        stepOutput(heads, head, (chance - score) * share, hidden, slope, rate);
      }
      softmax(sources.weights.at, sources.bias.at, hidden, chances);
      for (let source = 0; source < chances.length; source++) {
        const error = (chances[source] as number) - (source === labels.sources[row] ? 1 : 0);
        stepOutput(sources, source, error * settings.sourceWeight, hidden, slope, rate);
      }
      stepInput(examples, row, { words, structure, bias, structureScale: settings.structureScale }, slope, rate);
    }
  }
  return {
    dimensions,
    structureScale: settings.structureScale,
    words: words.at,
    structure: structure.at,
    bias: bias.at,
    heads: { weights: heads.weights.at, bias: heads.bias.at },
    sources: { weights: sources.weights.at, bias: sources.bias.at },
  };
}

/** Several nets as one, whose log-odds are the mean of theirs. */
export function joinNets(nets: readonly Net[]): Net {
  const dimensions = nets.reduce((sum, net) => sum + net.dimensions, 0);
  const beside = (pick: (net: Net) => Float32Array, scale = 1) => {
    const rows = (pick(nets[0] as Net).length / (nets[0] as Net).dimensions) | 0;
    const joined = new Float32Array(rows * dimensions);
    let column = 0;
    for (const net of nets) {
      const from = pick(net);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < net.dimensions; k++) {
          joined[row * dimensions + column + k] = scale * (from[row * net.dimensions + k] as number);
        }
      }
      column += net.dimensions;
    }
    return joined;
  };
  const mean = (pick: (net: Net) => Float32Array) =>
    pick(nets[0] as Net).map((_, at) => nets.reduce((sum, net) => sum + (pick(net)[at] as number), 0) / nets.length);
  const layer = (pick: (net: Net) => Layer): Layer => ({
    weights: beside((net) => pick(net).weights, 1 / nets.length),
    bias: mean((net) => pick(net).bias),
  });
  return {
    dimensions,
    structureScale: 1,
    words: beside((net) => net.words),
    structure: beside(({ structure, structureScale }) => structure.map((value) => value * structureScale)),
    bias: beside((net) => net.bias),
    heads: layer((net) => net.heads),
    sources: layer((net) => net.sources),
  };
}

/** Boils a row down to the net's dimensions. */
export function project(
  examples: Examples,
  row: number,
  net: Pick<Net, "dimensions" | "structureScale" | "words" | "structure" | "bias">,
  hidden: Float32Array,
): void {
  const { dimensions } = net;
  hidden.set(net.bias);
  for (let part = 0; part < structureSize; part++) {
    const value = (examples.structure[row * structureSize + part] as number) * net.structureScale;
    for (let k = 0; k < dimensions; k++)
      hidden[k] = (hidden[k] as number) + (net.structure[part * dimensions + k] as number) * value;
  }
  for (let at = examples.starts[row] as number; at < (examples.starts[row + 1] as number); at++) {
    const value = examples.values[at] as number;
    const from = (examples.ids[at] as number) * dimensions;
    for (let k = 0; k < dimensions; k++) hidden[k] = (hidden[k] as number) + (net.words[from + k] as number) * value;
  }
}

/** The log-odds of one output. */
export function output(weights: Float32Array, bias: Float32Array, index: number, hidden: Float32Array): number {
  let sum = bias[index] as number;
  const from = index * hidden.length;
  for (let k = 0; k < hidden.length; k++) sum += (weights[from + k] as number) * (hidden[k] as number);
  return sum;
}

/** The chances of all outputs, which exclude each other. */
export function softmax(weights: Float32Array, bias: Float32Array, hidden: Float32Array, into: Float32Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < into.length; index++) {
    into[index] = output(weights, bias, index, hidden);
    largest = Math.max(largest, into[index] as number);
  }
  let total = 0;
  for (let index = 0; index < into.length; index++) {
    into[index] = Math.exp((into[index] as number) - largest);
    total += into[index] as number;
  }
  for (let index = 0; index < into.length; index++) into[index] = (into[index] as number) / total;
}

function stepOutput(
  layer: { weights: Learned; bias: Learned },
  index: number,
  error: number,
  hidden: Float32Array,
  slope: Float32Array,
  rate: number,
): void {
  if (Math.abs(error) < 1e-4) return;
  const from = index * hidden.length;
  for (let k = 0; k < hidden.length; k++) {
    slope[k] = (slope[k] as number) + error * (layer.weights.at[from + k] as number);
    step(layer.weights, from + k, error * (hidden[k] as number), rate);
  }
  step(layer.bias, index, error, rate);
}

function stepInput(
  examples: Examples,
  row: number,
  net: { words: Learned; structure: Learned; bias: Learned; structureScale: number },
  slope: Float32Array,
  rate: number,
): void {
  const dimensions = slope.length;
  for (let k = 0; k < dimensions; k++) step(net.bias, k, slope[k] as number, rate);
  for (let at = examples.starts[row] as number; at < (examples.starts[row + 1] as number); at++) {
    const value = examples.values[at] as number;
    const from = (examples.ids[at] as number) * dimensions;
    for (let k = 0; k < dimensions; k++) step(net.words, from + k, (slope[k] as number) * value, rate);
  }
  for (let part = 0; part < structureSize; part++) {
    const value = (examples.structure[row * structureSize + part] as number) * net.structureScale;
    for (let k = 0; k < dimensions; k++) step(net.structure, part * dimensions + k, (slope[k] as number) * value, rate);
  }
}

function step({ at, squares }: Learned, index: number, slope: number, rate: number): void {
  squares[index] = (squares[index] as number) + slope * slope;
  at[index] = (at[index] as number) - (rate * slope) / Math.sqrt(squares[index] as number);
}

function learned(length: number, random: Random, spread: number): Learned {
  const bell = () => (random() + random() + random() + random() - 2) * 1.7;
  const at = spread === 0 ? new Float32Array(length) : Float32Array.from({ length }, () => bell() * spread);
  return { at, squares: new Float32Array(length).fill(1e-4) };
}
