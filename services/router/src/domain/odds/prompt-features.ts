import { createHashedFeatures, foldCharacters, type HashedFeatures } from "@switchyard/text";
import { readStructure, structureSize } from "./structure.ts";

/** Words and pairs of words fall into 2^bits buckets before the vocabulary picks those that count. */
export const bucketBits = 19;
/** How much of a prompt is read, in UTF-16 code units: its beginning and its end, which say what is asked. */
const beginning = 4_096;
const end = 1_024;
const wordSeed = 0x2f0b4a27;

/** What the odds are read from; the arrays belong to the reader and hold until the next text is read. */
export interface PromptFeatures {
  /** Words and pairs of words: numbers of the vocabulary, and how often. */
  readonly grams: HashedFeatures;
  /** What the text looks like, as `readStructure` writes it. */
  readonly structure: Float32Array;
}

/** Makes a reader of texts. Without a vocabulary every bucket counts, which is what training begins with. */
export function createFeatureReader(vocabulary?: Uint16Array): (text: string) => PromptFeatures {
  const grams = createHashedFeatures({ bits: bucketBits, ...(vocabulary && { vocabulary }) });
  const structure = new Float32Array(structureSize);
  const folded = new Uint16Array(beginning + 1 + end);
  return (text) => {
    const isLong = text.length > beginning + end;
    let size = foldCharacters(text, 0, isLong ? beginning : text.length, folded);
    if (isLong) {
      folded[size++] = 32;
      size = foldCharacters(text, text.length - end, text.length, folded, size);
    }
    grams.clear();
    grams.addWords(folded, 0, size, wordSeed);
    readStructure(isLong ? text.slice(0, beginning) : text, structure);
    return { grams, structure };
  };
}
