import { dimensions } from "../src/embedder/embedder.ts";

export interface Features {
  readonly rows: Uint16Array;
  readonly weights: Float32Array;
}

/** Two texts that mean the same and, where one is known, a third that looks like them and does not. */
export interface Example {
  readonly a: Features;
  readonly b: Features;
  readonly hard: Features | undefined;
}

/**
 * Moves the rows of a table so that each text is nearer to its partner than to every other text of its batch (InfoNCE) and
 * to its hard twin. Adagrad with one step size a row.
 */
export class ContrastiveTrainer {
  readonly #table: Float32Array;
  readonly #squares: Float32Array;
  readonly #gradient: Float32Array;
  readonly #rate: number;
  readonly #temperature: number;

  constructor(table: Float32Array, { rate, temperature }: { rate: number; temperature: number }) {
    this.#table = table;
    this.#squares = new Float32Array(table.length / dimensions).fill(1e-3);
    this.#gradient = new Float32Array(table.length);
    this.#rate = rate;
    this.#temperature = temperature;
  }

  /** One step on one batch; gives the mean loss. */
  step(batch: readonly Example[]): number {
    const anchors = batch.map(({ a }) => this.#embed(a));
    const targetFeatures = [...batch.map(({ b }) => b), ...batch.flatMap(({ hard }) => hard ?? [])];
    const targets = targetFeatures.map((features) => this.#embed(features));
    const anchorGradients = anchors.map(() => new Float32Array(dimensions));
    const targetGradients = targets.map(() => new Float32Array(dimensions));
    let loss = 0;
    for (const [index, anchor] of anchors.entries()) {
      loss += this.#softmaxStep(anchor.unit, index, targets, anchorGradients[index] as Float32Array, targetGradients);
    }
    const touched = new Set<number>();
    for (const [index, { a }] of batch.entries()) this.#spread(a, anchors[index], anchorGradients[index], touched);
    for (const [index, features] of targetFeatures.entries()) {
      this.#spread(features, targets[index], targetGradients[index], touched);
    }
    this.#apply(touched, batch.length);
    return loss / batch.length;
  }

  #embed({ rows, weights }: Features): Embedded {
    const unit = new Float32Array(dimensions);
    for (let index = 0; index < rows.length; index++) {
      const start = (rows[index] as number) * dimensions;
      const weight = weights[index] as number;
      for (let at = 0; at < dimensions; at++) {
        unit[at] = (unit[at] as number) + weight * (this.#table[start + at] as number);
      }
    }
    const length = Math.sqrt(dot(unit, unit)) || 1;
    for (let at = 0; at < dimensions; at++) unit[at] = (unit[at] as number) / length;
    return { unit, length };
  }

  #softmaxStep(
    anchor: Float32Array,
    right: number,
    targets: readonly Embedded[],
    anchorGradient: Float32Array,
    targetGradients: readonly Float32Array[],
  ): number {
    const scores = targets.map(({ unit }) => dot(anchor, unit) / this.#temperature);
    const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
    let total = 0;
    for (const score of scores) total += Math.exp(score - largest);
    for (const [index, score] of scores.entries()) {
      const probability = Math.exp(score - largest) / total;
      const slope = (probability - (index === right ? 1 : 0)) / this.#temperature;
      if (Math.abs(slope) < 1e-4) continue;
      addScaled(anchorGradient, (targets[index] as Embedded).unit, slope);
      addScaled(targetGradients[index] as Float32Array, anchor, slope);
    }
    return Math.log(total) + largest - (scores[right] as number);
  }

  /** From the gradient of a unit vector to those of the rows it is the sum of. */
  #spread(
    { rows, weights }: Features,
    embedded: Embedded | undefined,
    gradient: Float32Array | undefined,
    touched: Set<number>,
  ): void {
    if (!embedded || !gradient) return;
    const along = dot(gradient, embedded.unit);
    for (let at = 0; at < dimensions; at++) {
      gradient[at] = ((gradient[at] as number) - along * (embedded.unit[at] as number)) / embedded.length;
    }
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      const start = row * dimensions;
      const weight = weights[index] as number;
      touched.add(row);
      for (let at = 0; at < dimensions; at++) {
        this.#gradient[start + at] = (this.#gradient[start + at] as number) + weight * (gradient[at] as number);
      }
    }
  }

  #apply(touched: ReadonlySet<number>, batchSize: number): void {
    for (const row of touched) {
      const slice = this.#gradient.subarray(row * dimensions, (row + 1) * dimensions);
      const norm = dot(slice, slice) / (batchSize * batchSize) / dimensions;
      this.#squares[row] = (this.#squares[row] as number) + norm;
      const factor = this.#rate / batchSize / Math.sqrt(this.#squares[row] as number);
      const start = row * dimensions;
      for (let at = 0; at < dimensions; at++) {
        this.#table[start + at] = (this.#table[start + at] as number) - factor * (slice[at] as number);
      }
      slice.fill(0);
    }
  }
}

interface Embedded {
  readonly unit: Float32Array;
  readonly length: number;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < dimensions; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

function addScaled(target: Float32Array, values: Float32Array, factor: number): void {
  for (let index = 0; index < dimensions; index++) {
    target[index] = (target[index] as number) + factor * (values[index] as number);
  }
}
