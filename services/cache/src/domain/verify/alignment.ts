import type { ContentWord, PreparedPrompt } from "./prepared-prompt.ts";

/** Which content words of two prompts stand for each other. */
export interface Alignment {
  readonly matched: readonly (readonly [ContentWord, ContentWord])[];
  readonly onlyA: readonly ContentWord[];
  readonly onlyB: readonly ContentWord[];
  /** Pairs that agree by a list of synonyms only. */
  readonly synonyms: number;
  /** Pairs that agree but for a slip of the pen. */
  readonly slips: number;
}

/** Pairs equal roots first, in order, then what looks like a misspelling; rare words that differ are never paired. */
export function align(a: PreparedPrompt, b: PreparedPrompt): Alignment {
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
  return { ...pairSlips(matched, onlyA, onlyB), synonyms };
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
): Omit<Alignment, "synonyms"> {
  if (onlyA.length === 0 || onlyB.length === 0 || onlyA.length + onlyB.length > 12) {
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
  if ((a.capital && b.capital) || Math.min(a.stem.length, b.stem.length) < 4) return false;
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
