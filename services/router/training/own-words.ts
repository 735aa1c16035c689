import { structureSize } from "../src/domain/odds/structure.ts";
import type { Examples } from "./examples.ts";
import type { Labels, Net } from "./fit.ts";
import { seededRandom, shuffle } from "./random.ts";
import { tierMembers, unitPrices } from "./sets.ts";

const epochs = 3;
const rate = 0.05;
const structureScale = 0.1;

/** The heads that get weights of their own for every word: priced models, which are chosen between, and tiers. */
export function headsWithOwnWords(heads: readonly string[]): number[] {
  const isChosen = (name: string) => unitPrices.has(name) || Object.hasOwn(tierMembers, name);
  return heads.flatMap((name, head) => (isChosen(name.slice(name.indexOf("|") + 1)) ? [head] : []));
}

/**
 * Adds a logistic regression of its own for each of some heads, as further dimensions of the net: the log-odds of the n-th
 * head are the n-th dimension after the shared ones, which heads and sources do not look at.
 */
export function withOwnWords(
  net: Net,
  examples: Examples,
  labels: Labels,
  rows: readonly number[],
  heads: readonly number[],
): Net {
  const own = fitOwnWords(examples, labels, rows, net.words.length / net.dimensions, heads);
  const dimensions = net.dimensions + heads.length;
  const widened = (from: Float32Array, added?: Float32Array, scale = 1) => {
    const count = from.length / net.dimensions;
    const wide = new Float32Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      wide.set(from.subarray(row * net.dimensions, (row + 1) * net.dimensions), row * dimensions);
      for (let one = 0; added && one < heads.length; one++) {
        wide[row * dimensions + net.dimensions + one] = scale * (added[row * heads.length + one] as number);
      }
    }
    return wide;
  };
  return {
    dimensions,
    structureScale: net.structureScale,
    words: widened(net.words, own.words),
    structure: widened(net.structure, own.structure, structureScale / net.structureScale),
    bias: widened(net.bias, own.bias),
    heads: { weights: widened(net.heads.weights), bias: net.heads.bias },
    sources: { weights: widened(net.sources.weights), bias: net.sources.bias },
  };
}

function fitOwnWords(
  examples: Examples,
  labels: Labels,
  rows: readonly number[],
  featureCount: number,
  heads: readonly number[],
) {
  const count = heads.length;
  const places = new Map(heads.map((head, place) => [head, place]));
  const words = adagrad(featureCount * count);
  const structure = adagrad(structureSize * count);
  const bias = adagrad(count);
  const random = seededRandom(11);
  const order = rows.filter((row) => (labels.outcomes[row] ?? []).some(([head]) => places.has(head)));
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const row of order) {
      for (const [head, score] of labels.outcomes[row] ?? []) {
        const place = places.get(head);
        if (place !== undefined) stepHead(examples, row, { words, structure, bias, count }, place, score);
      }
    }
  }
  return { words: words.at, structure: structure.at, bias: bias.at };
}

interface Numbers {
  readonly at: Float32Array;
  step(index: number, slope: number): void;
}

function adagrad(length: number): Numbers {
  const at = new Float32Array(length);
  const squares = new Float32Array(length).fill(1e-6);
  return {
    at,
    step(index, slope) {
      if (slope === 0) return;
      squares[index] = (squares[index] as number) + slope * slope;
      at[index] = (at[index] as number) - (rate * slope) / Math.sqrt(squares[index] as number);
    },
  };
}

function stepHead(
  examples: Examples,
  row: number,
  { words, structure, bias, count }: { words: Numbers; structure: Numbers; bias: Numbers; count: number },
  place: number,
  score: number,
): void {
  const [from, to] = [examples.starts[row] as number, examples.starts[row + 1] as number];
  let sum = bias.at[place] as number;
  for (let part = 0; part < structureSize; part++) {
    const value = structureScale * (examples.structure[row * structureSize + part] as number);
    sum += (structure.at[part * count + place] as number) * value;
  }
  for (let at = from; at < to; at++) {
    sum += (words.at[(examples.ids[at] as number) * count + place] as number) * (examples.values[at] as number);
  }
  const error = 1 / (1 + Math.exp(-sum)) - score;
  bias.step(place, error);
  for (let part = 0; part < structureSize; part++) {
    const value = structureScale * (examples.structure[row * structureSize + part] as number);
    structure.step(part * count + place, error * value);
  }
  for (let at = from; at < to; at++) {
    words.step((examples.ids[at] as number) * count + place, error * (examples.values[at] as number));
  }
}
