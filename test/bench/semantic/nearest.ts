import type { ReadPrompt } from "./recall-engine.ts";

export interface Neighbour {
  readonly index: number;
  readonly similarity: number;
}

/** Vectors side by side in one block, searched exactly. */
export class ExactIndex {
  readonly #dimensions: number;
  #block: Float32Array;
  #length = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#block = new Float32Array(dimensions * 1_024);
  }

  get length(): number {
    return this.#length;
  }

  add({ vector }: ReadPrompt): void {
    const start = this.#length * this.#dimensions;
    if (start + this.#dimensions > this.#block.length) {
      const grown = new Float32Array(this.#block.length * 2);
      grown.set(this.#block);
      this.#block = grown;
    }
    this.#block.set(vector, start);
    this.#length++;
  }

  /** The `count` nearest entries for which `isAllowed`, nearest first. */
  search(vector: Float32Array, count: number, isAllowed: (index: number) => boolean = () => true): Neighbour[] {
    const found: Neighbour[] = [];
    for (let index = 0; index < this.#length; index++) {
      const similarity = this.#similarity(index, vector);
      const last = found[count - 1];
      if ((last && similarity <= last.similarity) || !isAllowed(index)) continue;
      const at = found.findIndex((other) => other.similarity < similarity);
      found.splice(at < 0 ? found.length : at, 0, { index, similarity });
      if (found.length > count) found.pop();
    }
    return found;
  }

  #similarity(index: number, vector: Float32Array): number {
    const start = index * this.#dimensions;
    let sum = 0;
    for (let at = 0; at < this.#dimensions; at++) {
      sum += (this.#block[start + at] as number) * (vector[at] as number);
    }
    return sum;
  }
}
