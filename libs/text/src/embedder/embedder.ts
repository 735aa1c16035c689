import { readFileSync } from "node:fs";
import { type CanonicalWord, canonicalWords } from "./canonical-words.ts";
import { rowCount, visitRowsOf, visitWords } from "./features.ts";

/** Length of a vector. */
export const dimensions = 192;

/** Turns texts into vectors of length one, so that the dot product of two is their cosine. */
export interface Embedder {
  /** Names the weights: vectors of different versions must not be compared. */
  readonly version: string;
  readonly dimensions: number;
  /** The vector of a text, {@link dimensions} long; all zeros for a text without words. */
  embed(text: string): Float32Array;
  /** The same for words that were read already. */
  embedWords(words: readonly CanonicalWord[]): Float32Array;
}

/**
 * An embedder over weights as `train-embedder.ts` writes them: a version of 16 characters, then for every row its scale as
 * a float32, then the rows as int8. Throws RangeError where the length is another.
 */
export function createEmbedder(weights: Uint8Array): Embedder {
  const expected = 16 + rowCount * 4 + rowCount * dimensions;
  if (weights.byteLength !== expected) {
    throw new RangeError(`embedder weights are ${weights.byteLength} bytes long, not ${expected}`);
  }
  // A copy, as a Buffer's slice would be a view of another length.
  const { buffer } = Uint8Array.from(weights);
  const version = Buffer.from(weights.subarray(0, 16)).toString("latin1").trim();
  const scales = new Float32Array(buffer, 16, rowCount);
  const table = new Int8Array(buffer, 16 + rowCount * 4);

  const addRow = (sum: Float32Array, row: number, weight: number): void => {
    const factor = (scales[row] as number) * weight;
    const start = row * dimensions;
    for (let index = 0; index < dimensions; index++) {
      sum[index] = (sum[index] as number) + factor * (table[start + index] as number);
    }
  };
  const known = new Map<string, Float32Array>();
  /** What a word adds to every text, whatever stands beside it: some twelve rows. */
  const vectorOf = (word: CanonicalWord): Float32Array => {
    const key = `${word.root} ${word.stem}`;
    const vector = known.get(key);
    if (vector) return vector;
    const made = new Float32Array(dimensions);
    visitRowsOf(word, (row, weight) => addRow(made, row, weight));
    // Numbers and codes seldom come again.
    if (word.kind !== "word") return made;
    if (known.size >= mostKnown) known.clear();
    known.set(key, made);
    return made;
  };
  const embedWords = (words: readonly CanonicalWord[]): Float32Array => {
    const sum = new Float32Array(dimensions);
    visitWords(
      words,
      (word) => {
        const vector = vectorOf(word);
        for (let index = 0; index < dimensions; index++) {
          sum[index] = (sum[index] as number) + (vector[index] as number);
        }
      },
      (row, weight) => addRow(sum, row, weight),
    );
    return normalise(sum);
  };
  return { version, dimensions, embed: (text) => embedWords(canonicalWords(endsOf(text))), embedWords };
}

/** Words whose vectors are kept: prompts may hold any word, and 3 MB hold those of most. */
const mostKnown = 4_096;

/** Characters of a text that are looked at: a long one begins or ends with what it asks. */
const mostCharacters = 8_000;

function endsOf(text: string): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters / 2)}\n${text.slice(-mostCharacters / 2)}`;
}

/** Scales a vector to length one, in place; all zeros stay. */
function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const factor = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] as number) * factor;
  return vector;
}

/** Cosine of two vectors of length one. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

/** The embedder with the weights that ship with this package. Reads a few megabytes: call it once, at start. */
export function loadEmbedder(): Embedder {
  return createEmbedder(readFileSync(new URL("./embedder.weights.bin", import.meta.url)));
}
