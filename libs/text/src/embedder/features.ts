import { type CanonicalWord, canonicalWords } from "./canonical-words.ts";

/** Rows of the table: one part for words, one for pairs of neighbours, one for pieces of words. */
export const rows = { words: 8_192, pairs: 3_072, pieces: 8_192 } as const;
export const rowCount = rows.words + rows.pairs + rows.pieces;

/** Words of a text that are looked at: the first and the last ones, as a question stands at either end. */
const mostWords = 256;

/** FNV-1a over UTF-16 code units, mixed so that its low bits may be used alone. */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** Rows of the pieces of a stem. */
function piecesOf(stem: string): number[] {
  const found: number[] = [];
  const framed = `<${stem}>`;
  for (const length of [3, 4]) {
    for (let start = 0; start + length <= framed.length; start++) {
      found.push(rows.words + rows.pairs + (hash(framed.slice(start, start + length), length) % rows.pieces));
    }
  }
  return found;
}

/** Share of a text's vector that a row of each part has before training: the rest is learned. */
export const shares = { root: 1, stem: 0.4, pair: 0.35, piece: 0.5 } as const;

type Visit = (row: number, weight: number) => void;

/** Tells of every word of a text that is looked at, and of the row that it has together with the one before. */
export function visitWords(
  words: readonly CanonicalWord[],
  visitWord: (word: CanonicalWord) => void,
  visitPair: Visit,
): void {
  const skipFrom = words.length > mostWords ? mostWords / 2 : words.length;
  const skipTo = words.length > mostWords ? words.length - mostWords / 2 : words.length;
  let previous = 0;
  for (let index = 0; index < words.length; index++) {
    if (index >= skipFrom && index < skipTo) continue;
    const word = words[index] as CanonicalWord;
    const rootHash = rootHashOf(word);
    visitWord(word);
    if (index > 0) visitPair(rows.words + (((Math.imul(previous, 31) ^ rootHash) >>> 0) % rows.pairs), shares.pair);
    previous = rootHash;
  }
}

/** Tells of the rows that a word has in every text. */
export function visitRowsOf(word: CanonicalWord, visit: Visit): void {
  const { root, stem } = word;
  visit(rootHashOf(word) % rows.words, shares.root);
  if (root !== stem) visit(hash(stem, 2) % rows.words, shares.stem);
  const own = piecesOf(stem);
  const weight = shares.piece / Math.sqrt(own.length);
  for (const piece of own) visit(piece, weight);
}

const rootHashOf = ({ root }: CanonicalWord): number => hash(root, 1);

/** The rows of a text and their weights, for training. */
export function featuresOf(text: string): { readonly rows: Uint16Array; readonly weights: Float32Array } {
  const found: number[] = [];
  const weights: number[] = [];
  const visit: Visit = (row, weight) => {
    found.push(row);
    weights.push(weight);
  };
  visitWords(canonicalWords(text), (word) => visitRowsOf(word, visit), visit);
  return { rows: Uint16Array.from(found), weights: Float32Array.from(weights) };
}
