import type { ContentWord, PreparedPrompt } from "./prepared-prompt.ts";
import { noRelations, type WordRelations } from "./word-relations.ts";

/** Which content words of two prompts stand for each other. */
export interface Alignment {
  readonly matched: readonly (readonly [ContentWord, ContentWord])[];
  readonly onlyA: readonly ContentWord[];
  readonly onlyB: readonly ContentWord[];
  /** Pairs that agree by a list of synonyms only. */
  readonly synonyms: number;
  /** Pairs that agree but for a slip of the pen. */
  readonly slips: number;
  /** Pairs that are only near each other. */
  readonly near: number;
  /** Left over on either side: two of one field whose answers are known to differ. */
  readonly far: number;
}

/** Pairs equal roots first, in order, then what looks like a misspelling, then what is near each other. */
export function align(a: PreparedPrompt, b: PreparedPrompt, relations: WordRelations = noRelations): Alignment {
  const matched: (readonly [ContentWord, ContentWord])[] = [];
  const taken = new Uint8Array(b.content.length);
  const onlyA: ContentWord[] = [];
  let synonyms = 0;
  for (const word of a.content) {
    const index = findFree(b.content, taken, word);
    if (index < 0) {
      // Said twice on one side and once on the other is said.
      if (!b.roots.has(word.root)) onlyA.push(word);
      continue;
    }
    taken[index] = 1;
    const other = b.content[index] as ContentWord;
    if (other.stem !== word.stem) synonyms++;
    matched.push([word, other]);
  }
  const onlyB = b.content.filter((word, index) => !taken[index] && !a.roots.has(word.root));
  const paired = pairSlips(...pairAcronyms(a, b, matched, onlyA, onlyB));
  return { ...paired, synonyms, ...pairNear(paired, relations) };
}

type Pairs = readonly (readonly [ContentWord, ContentWord])[];
type Rest = readonly ContentWord[];

/** "KPI" on one side, "key performance indicator" on the other. */
function pairAcronyms(
  a: PreparedPrompt,
  b: PreparedPrompt,
  matched: Pairs,
  onlyA: Rest,
  onlyB: Rest,
): [Pairs, Rest, Rest] {
  if (onlyA.length === 0 || onlyB.length === 0) return [matched, onlyA, onlyB];
  for (const word of onlyA) {
    const spelt = speltOut(word, b, onlyB);
    if (spelt) return [[...matched, [word, spelt[0]]], onlyA.filter((one) => one !== word), without(onlyB, spelt)];
  }
  for (const word of onlyB) {
    const spelt = speltOut(word, a, onlyA);
    if (spelt) return [[...matched, [spelt[0], word]], without(onlyA, spelt), onlyB.filter((one) => one !== word)];
  }
  return [matched, onlyA, onlyB];
}

const without = (words: Rest, spelt: Rest): Rest => words.filter((word) => !spelt.includes(word));

/** The words left over in `other` that lie in a run whose first letters are the letters of `word`. */
function speltOut(
  { stem }: ContentWord,
  other: PreparedPrompt,
  rest: Rest,
): [ContentWord, ...ContentWord[]] | undefined {
  if (stem.length < 2 || stem.length > 5) return undefined;
  for (let start = 0; start + stem.length <= other.words.length; start++) {
    let length = 0;
    while (length < stem.length && other.words[start + length]?.stem[0] === stem[length]) length++;
    if (length < stem.length) continue;
    const [first, ...more] = rest.filter(({ at }) => at >= start && at < start + length);
    if (first && more.length > 0) return [first, ...more];
  }
  return undefined;
}

/** Ends that make a noun or an adjective of a verb, after the stem was cut. */
const derivingEnds = new Set([
  "er",
  "or",
  "ion",
  "ation",
  "ition",
  "ment",
  "al",
  "ance",
  "enc",
  "ence",
  "nes",
  "iti",
  "ful",
  "i",
  "ing",
]);

/** "compose" and "composer", "move" and "movement": names aside. */
function isDerived({ stem: a, capital }: ContentWord, { stem: b, capital: other }: ContentWord): boolean {
  if (capital || other || a.length === b.length) return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 4 && long.startsWith(short) && derivingEnds.has(long.slice(short.length));
}

/** What is left over is few, or the texts have little to do with each other. */
const mostLeft = 12;

function pairNear(
  { matched, onlyA, onlyB }: Pick<Alignment, "matched" | "onlyA" | "onlyB">,
  relations: WordRelations,
): Pick<Alignment, "matched" | "onlyA" | "onlyB" | "near" | "far"> {
  if (onlyA.length === 0 || onlyB.length === 0 || onlyA.length + onlyB.length > mostLeft) {
    return { matched, onlyA, onlyB, near: 0, far: 0 };
  }
  const pairs = [...matched];
  const restB = [...onlyB];
  const restA = onlyA.filter((word) => {
    const index = restB.findIndex((other) => relations.near(word.root, other.root) || isDerived(word, other));
    if (index < 0) return true;
    pairs.push([word, restB[index] as ContentWord]);
    restB.splice(index, 1);
    return false;
  });
  let far = 0;
  for (const word of restA) for (const other of restB) if (relations.far(word.root, other.root)) far++;
  return { matched: pairs, onlyA: restA, onlyB: restB, near: pairs.length - matched.length, far };
}

function findFree(words: readonly ContentWord[], taken: Uint8Array, { root, stem }: ContentWord): number {
  let found = -1;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as ContentWord;
    if (taken[index] || word.root !== root) continue;
    if (word.stem === stem) return index;
    if (found < 0) found = index;
  }
  return found;
}

function pairSlips(
  matched: readonly (readonly [ContentWord, ContentWord])[],
  onlyA: readonly ContentWord[],
  onlyB: readonly ContentWord[],
): Omit<Alignment, "synonyms" | "near" | "far"> {
  if (onlyA.length === 0 || onlyB.length === 0 || onlyA.length + onlyB.length > mostLeft) {
    return { matched, onlyA, onlyB, slips: 0 };
  }
  const pairs = [...matched];
  const restB = [...onlyB];
  const restA = onlyA.filter((word) => {
    const index = restB.findIndex((other) => isSlip(word, other));
    if (index < 0) return true;
    pairs.push([word, restB[index] as ContentWord]);
    restB.splice(index, 1);
    return false;
  });
  return { matched: pairs, onlyA: restA, onlyB: restB, slips: onlyA.length - restA.length };
}

/** A word never seen is one or two letters away from another: names and words that both exist are no slips. */
function isSlip(a: ContentWord, b: ContentWord): boolean {
  if ((a.capital && b.capital) || Math.min(a.stem.length, b.stem.length) < 5) return false;
  if (a.rarity < 1 && b.rarity < 1) return false;
  if (a.stem[0] !== b.stem[0] && a.stem.at(-1) !== b.stem.at(-1)) return false;
  return isOneEditApart(a.stem, b.stem);
}

/** Whether one letter added, left out, changed or swapped with its neighbour makes one text of the other. */
export function isOneEditApart(a: string, b: string): boolean {
  if (a.length > b.length) return isOneEditApart(b, a);
  if (b.length - a.length > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  if (start === b.length) return true;
  if (a.length < b.length) return a.slice(start) === b.slice(start + 1);
  if (a.slice(start + 1) === b.slice(start + 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2);
}
