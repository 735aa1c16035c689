import { structureSize } from "../src/domain/odds/structure.ts";
import type { Examples } from "./examples.ts";

/** How a ridge regression is fitted. */
export interface RidgeSettings {
  /** How strongly weights are drawn to 0. */
  readonly ridge: number;
  /** Steps of conjugate gradients; few of them hold the weights back as well. */
  readonly steps: number;
  /** What the structure is multiplied by. */
  readonly structureScale: number;
}

/** Weights of a linear score: by feature, by number of the structure before it is scaled, and the mean of what was learned. */
export interface RidgeModel {
  readonly words: Float32Array;
  readonly structure: Float32Array;
  readonly bias: number;
}

/** Learns scores from the rows given, by conjugate gradients on the squared error. */
export function fitRidge(
  examples: Examples,
  rows: readonly number[],
  scores: readonly number[],
  featureCount: number,
  { ridge, steps, structureScale }: RidgeSettings,
): RidgeModel {
  const size = featureCount + structureSize;
  const [weights, rest, way, image] = Array.from({ length: 4 }, () => new Float32Array(size)) as Vectors;
  const bias = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
  const reach = { examples, featureCount, structureScale };
  for (const [index, row] of rows.entries()) addRow(reach, row, (scores[index] as number) - bias, rest);
  way.set(rest);
  let left = dot(rest, rest);
  const enough = 1e-6 * left;
  for (let step = 0; step < steps && left > enough; step++) {
    for (let at = 0; at < size; at++) image[at] = ridge * (way[at] as number);
    for (const row of rows) addRow(reach, row, scoreRow(reach, row, way), image);
    const pace = left / dot(way, image);
    for (let at = 0; at < size; at++) {
      weights[at] = (weights[at] as number) + pace * (way[at] as number);
      rest[at] = (rest[at] as number) - pace * (image[at] as number);
    }
    const before = left;
    left = dot(rest, rest);
    for (let at = 0; at < size; at++) way[at] = (rest[at] as number) + (left / before) * (way[at] as number);
  }
  return { words: weights.slice(0, featureCount), structure: weights.slice(featureCount), bias };
}

type Vectors = [Float32Array, Float32Array, Float32Array, Float32Array];

interface Reach {
  readonly examples: Examples;
  readonly featureCount: number;
  readonly structureScale: number;
}

function scoreRow({ examples, featureCount, structureScale }: Reach, row: number, weights: Float32Array): number {
  let sum = 0;
  const to = examples.starts[row + 1] as number;
  for (let at = examples.starts[row] as number; at < to; at++) {
    sum += (examples.values[at] as number) * (weights[examples.ids[at] as number] as number);
  }
  for (let part = 0; part < structureSize; part++) {
    const value = structureScale * (examples.structure[row * structureSize + part] as number);
    sum += value * (weights[featureCount + part] as number);
  }
  return sum;
}

function addRow(
  { examples, featureCount, structureScale }: Reach,
  row: number,
  factor: number,
  into: Float32Array,
): void {
  const to = examples.starts[row + 1] as number;
  for (let at = examples.starts[row] as number; at < to; at++) {
    const id = examples.ids[at] as number;
    into[id] = (into[id] as number) + factor * (examples.values[at] as number);
  }
  for (let part = 0; part < structureSize; part++) {
    const value = structureScale * (examples.structure[row * structureSize + part] as number);
    into[featureCount + part] = (into[featureCount + part] as number) + factor * value;
  }
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
