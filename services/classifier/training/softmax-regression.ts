import { seededRandom, shuffle } from "./seeded-random.ts";

/** Rows as sparse vectors, one after the other. */
export interface SparseRows {
  /** Where each row begins in `ids` and `values`; one more than there are rows. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

export interface SoftmaxOptions {
  readonly classes: number;
  readonly features: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Pull of every weight towards 0, per step that touches it. */
  readonly decay: number;
  /** Share of a label that is spread over all classes. */
  readonly smoothing: number;
  readonly seed: number;
}

/** Weights by feature, `classes` of them each, and one bias per class. */
export interface SoftmaxModel {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Multinomial logistic regression by AdaGrad, one row at a time in a seeded order; deterministic. */
export function fitSoftmax(
  rows: SparseRows,
  labels: Uint8Array,
  rowWeights: Float32Array,
  { classes, features, epochs, learningRate, decay, smoothing, seed }: SoftmaxOptions,
): SoftmaxModel {
  const weights = new Float32Array(features * classes);
  const squares = new Float32Array(features).fill(1e-4);
  const bias = new Float32Array(classes);
  const scores = new Float64Array(classes);
  const order = Int32Array.from(labels, (_, index) => index);
  const random = seededRandom(seed);
  const { starts, ids, values } = rows;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    const rate = learningRate * (1 - epoch / epochs);
    for (const row of order) {
      const weightOfRow = rowWeights[row] as number;
      if (weightOfRow === 0) continue;
      const from = starts[row] as number;
      const to = starts[row + 1] as number;
      score(scores, weights, bias, ids, values, from, to);
      softmax(scores);
      for (let k = 0; k < classes; k++) {
        const target = (labels[row] === k ? 1 - smoothing : 0) + smoothing / classes;
        scores[k] = ((scores[k] as number) - target) * weightOfRow;
        bias[k] = (bias[k] as number) - 0.02 * rate * (scores[k] as number);
      }
      let error = 0;
      for (let k = 0; k < classes; k++) error += (scores[k] as number) ** 2;
      for (let at = from; at < to; at++) {
        const id = ids[at] as number;
        const value = values[at] as number;
        const square = (squares[id] as number) + error * value * value;
        squares[id] = square;
        const pace = rate / Math.sqrt(square);
        const kept = 1 - pace * decay;
        let index = id * classes;
        for (let k = 0; k < classes; k++, index++) {
          weights[index] = (weights[index] as number) * kept - pace * value * (scores[k] as number);
        }
      }
    }
  }
  return { weights, bias };
}

/** Writes the scores of the features `from` to `to` into `into`. */
export function score(
  into: Float64Array,
  weights: Float32Array | Int8Array,
  bias: Float32Array,
  ids: Int32Array,
  values: Float32Array,
  from: number,
  to: number,
): void {
  const classes = into.length;
  for (let k = 0; k < classes; k++) into[k] = bias[k] as number;
  for (let at = from; at < to; at++) {
    const value = values[at] as number;
    let index = (ids[at] as number) * classes;
    for (let k = 0; k < classes; k++) into[k] = (into[k] as number) + value * (weights[index++] as number);
  }
}

/** Turns scores into chances, in place. */
export function softmax(scores: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of scores) most = Math.max(most, value);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    const value = Math.exp((scores[k] as number) - most);
    scores[k] = value;
    sum += value;
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / sum;
}
