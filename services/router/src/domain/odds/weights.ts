import { bucketBits } from "./prompt-features.ts";
import { structureSize } from "./structure.ts";
import type { TreeGroup } from "./trees.ts";

/** What stands in front of the numbers of a weights file, as JSON. */
export interface OddsHeader {
  readonly format: "switchyard-odds/2";
  /** Name of the weights, for reports. */
  readonly version: string;
  readonly dimensions: number;
  readonly features: number;
  /** Steps of the quantized words, one a dimension; of the rarities, one for all. */
  readonly wordSteps: readonly number[];
  readonly rarityStep: number;
  /** Structure x dimensions, already scaled; and the bias of each dimension. */
  readonly structure: readonly number[];
  readonly bias: readonly number[];
  readonly heads: readonly HeadWeights[];
  readonly sources: readonly SourceWeights[];
  /** Number of the source that stands for whatever resembles no measured prompt; its table is not used. */
  readonly unlike: number;
  /** Share of the table in the mix, the heads have the rest; 0 to 1. */
  readonly tableShare: number;
  /** Heads with words of their own: their scores are the last dimensions, in this order. */
  readonly ownHeads: readonly number[];
  /** Share of each such head's own words in its mix, in the same order; 0 to 1. */
  readonly ownShares: readonly number[];
  /** Heads that trees judge by the linear judgements, in place of the mix. */
  readonly trees: readonly TreeGroup[];
  /** Log-odds that an answer is as good: `asGood[0] + asGood[1] * (chance of the model - chance of the baseline)`. */
  readonly asGood: readonly [number, number];
  /** `good-enough` where the chances are those of being as good as the baseline already, and `asGood` does not count. */
  readonly chances?: "good-enough";
}

/** A model, or a tier as the mean of its models, as `set|model` or `tier|economy`. */
export interface HeadWeights {
  readonly name: string;
  readonly weights: readonly number[];
  readonly bias: number;
  /** Calibration: log-odds become `calibration[0] + calibration[1] * log-odds`. */
  readonly calibration: readonly [number, number];
  /** Mean score on the prompts it was measured on. */
  readonly mean: number;
}

/** A kind of prompts with the mean score of each head on it. */
export interface SourceWeights {
  readonly name: string;
  readonly weights: readonly number[];
  readonly bias: number;
  readonly scores: readonly number[];
}

/** Weights as the odds use them. */
export interface OddsWeights {
  readonly header: OddsHeader;
  /** Feature number plus 1 by bucket, 0 for buckets that do not count. */
  readonly vocabulary: Uint16Array;
  /** Features x dimensions, in steps of `wordSteps`. */
  readonly words: Int8Array;
  readonly rarity: Float32Array;
}

/** Writes weights: length of the header, header, gaps between the buckets, rarities, words. */
export function encodeWeights(
  header: OddsHeader,
  buckets: Uint32Array,
  rarities: Uint8Array,
  words: Int8Array,
): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const gaps: number[] = [];
  let previous = -1;
  for (const bucket of buckets) {
    let gap = bucket - previous;
    for (; gap > 254; gap -= 254) gaps.push(255);
    gaps.push(gap);
    previous = bucket;
  }
  const file = new Uint8Array(8 + json.length + gaps.length + rarities.length + words.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, gaps.length, true);
  file.set(json, 8);
  file.set(gaps, 8 + json.length);
  file.set(rarities, 8 + json.length + gaps.length);
  file.set(new Uint8Array(words.buffer, words.byteOffset, words.length), file.length - words.length);
  return file;
}

/** Reads what `encodeWeights` wrote. Throws TypeError where it is something else. */
export function decodeWeights(file: Uint8Array): OddsWeights {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const jsonLength = file.length < 8 ? file.length : view.getUint32(0, true);
  if (8 + jsonLength > file.length) throw new TypeError("not a file of routing odds");
  const gapsLength = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + jsonLength))) as OddsHeader;
  const { features, dimensions } = header;
  const gapsAt = 8 + jsonLength;
  const wordsAt = gapsAt + gapsLength + features;
  if (header.format !== "switchyard-odds/2" || header.structure.length !== structureSize * dimensions) {
    throw new TypeError("routing odds of another format: train them again");
  }
  if (wordsAt + features * dimensions !== file.length) throw new TypeError("a file of routing odds that is cut short");
  const vocabulary = new Uint16Array(1 << bucketBits);
  let bucket = -1;
  let id = 0;
  for (const gap of file.subarray(gapsAt, gapsAt + gapsLength)) {
    bucket += gap === 255 ? 254 : gap;
    if (gap !== 255) vocabulary[bucket] = ++id;
  }
  const rarity = Float32Array.from(file.subarray(gapsAt + gapsLength, wordsAt), (step) => step * header.rarityStep);
  return {
    header,
    vocabulary,
    rarity,
    words: new Int8Array(file.buffer, file.byteOffset + wordsAt, features * dimensions),
  };
}
