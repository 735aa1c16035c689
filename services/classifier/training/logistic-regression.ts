import { seededRandom, shuffle } from "./seeded-random.ts";
import type { SparseRows } from "./softmax-regression.ts";

export interface LogisticOptions {
  readonly features: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly decay: number;
  readonly seed: number;
}

/** One weight per feature. */
export interface LogisticModel {
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Logistic regression on targets from 0 to 1 by AdaGrad, one row at a time in a seeded order; deterministic. */
export function fitLogistic(
  { starts, ids, values }: SparseRows,
  targets: Float32Array,
  { features, epochs, learningRate, decay, seed }: LogisticOptions,
): LogisticModel {
  const weights = new Float32Array(features);
  const squares = new Float32Array(features).fill(1e-4);
  let bias = 0;
  const order = Int32Array.from(targets, (_, index) => index);
  const random = seededRandom(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    const rate = learningRate * (1 - epoch / epochs);
    for (const row of order) {
      const from = starts[row] as number;
      const to = starts[row + 1] as number;
      let score = bias;
      for (let at = from; at < to; at++) score += (values[at] as number) * (weights[ids[at] as number] as number);
      const error = sigmoid(score) - (targets[row] as number);
      bias -= 0.02 * rate * error;
      for (let at = from; at < to; at++) {
        const id = ids[at] as number;
        const gradient = error * (values[at] as number);
        const square = (squares[id] as number) + gradient * gradient;
        squares[id] = square;
        const pace = rate / Math.sqrt(square);
        weights[id] = (weights[id] as number) * (1 - pace * decay) - pace * gradient;
      }
    }
  }
  return { weights, bias };
}

export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
