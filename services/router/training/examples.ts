import { bucketBits, createFeatureReader } from "../src/domain/odds/prompt-features.ts";
import { structureSize } from "../src/domain/odds/structure.ts";

/** Prompts as sparse rows: words and pairs of words by vocabulary number, weighed and of length 1, and their structure. */
export interface Examples {
  readonly count: number;
  /** Where each row begins in `ids` and `values`; one more than rows. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
  /** `structureSize` numbers a row. */
  readonly structure: Float32Array;
}

/** Which buckets count, and for how much. */
export interface Vocabulary {
  /** Buckets in rising order; a feature's number is its place. */
  readonly buckets: Uint32Array;
  /** Weight of each feature: the rarer, the more. */
  readonly rarity: Float32Array;
  /** The same buckets as the feature reader wants them: feature number plus 1 by bucket, 0 for none. */
  readonly lookup: Uint16Array;
}

/** The `most` commonest buckets that are in at least `fewest` of the texts. */
export function chooseVocabulary(texts: readonly string[], fewest: number, most: number): Vocabulary {
  const read = createFeatureReader();
  const documents = new Int32Array(1 << bucketBits);
  for (const text of texts) {
    const { grams } = read(text);
    for (let slot = 0; slot < grams.size; slot++) {
      const bucket = grams.ids[slot] as number;
      documents[bucket] = (documents[bucket] as number) + 1;
    }
  }
  const often = [...documents.keys()].filter((bucket) => (documents[bucket] as number) >= fewest);
  often.sort((a, b) => (documents[b] as number) - (documents[a] as number) || a - b);
  const buckets = Uint32Array.from(often.slice(0, most).sort((a, b) => a - b));
  const rarity = Float32Array.from(buckets, (bucket) =>
    Math.log(1 + texts.length / (1 + (documents[bucket] as number))),
  );
  const lookup = new Uint16Array(1 << bucketBits);
  for (const [id, bucket] of buckets.entries()) lookup[bucket] = id + 1;
  return { buckets, rarity, lookup };
}

/** Reads texts into rows. */
export function readExamples(texts: readonly string[], { lookup, rarity }: Vocabulary): Examples {
  const read = createFeatureReader(lookup);
  const starts = new Int32Array(texts.length + 1);
  const ids: number[] = [];
  const values: number[] = [];
  const structure = new Float32Array(texts.length * structureSize);
  for (const [row, text] of texts.entries()) {
    const features = read(text);
    structure.set(features.structure, row * structureSize);
    const first = values.length;
    let squares = 0;
    for (let slot = 0; slot < features.grams.size; slot++) {
      const id = features.grams.ids[slot] as number;
      const value = (1 + Math.log(features.grams.values[slot] as number)) * (rarity[id] as number);
      ids.push(id);
      values.push(value);
      squares += value * value;
    }
    for (let at = first; at < values.length; at++) values[at] = (values[at] as number) / Math.sqrt(squares);
    starts[row + 1] = ids.length;
  }
  return { count: texts.length, starts, ids: Int32Array.from(ids), values: Float32Array.from(values), structure };
}
