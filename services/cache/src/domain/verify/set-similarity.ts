import type { PreparedPrompt } from "./prepared-prompt.ts";

/** Share of the neighbouring words that both texts hold. */
export function neighbourShare(a: PreparedPrompt, b: PreparedPrompt): number {
  const seen = new Set<string>();
  for (let index = 1; index < a.words.length; index++) seen.add(`${a.words[index - 1]?.root} ${a.words[index]?.root}`);
  let shared = 0;
  for (let index = 1; index < b.words.length; index++) {
    if (seen.has(`${b.words[index - 1]?.root} ${b.words[index]?.root}`)) shared++;
  }
  return (2 * shared + 1) / (Math.max(0, a.words.length - 1) + Math.max(0, b.words.length - 1) + 1);
}

/** Longest common subsequence of the first words, as a share of the longer text. */
export function sequenceShare(a: PreparedPrompt, b: PreparedPrompt): number {
  const [lengthA, lengthB] = [Math.min(a.words.length, 40), Math.min(b.words.length, 40)];
  if (lengthA === 0 || lengthB === 0) return lengthA === lengthB ? 1 : 0;
  const row = new Uint8Array(lengthB + 1);
  for (let i = 0; i < lengthA; i++) {
    const root = a.words[i]?.root;
    let diagonal = 0;
    for (let j = 1; j <= lengthB; j++) {
      const above = row[j] as number;
      row[j] = b.words[j - 1]?.root === root ? diagonal + 1 : Math.max(above, row[j - 1] as number);
      diagonal = above;
    }
  }
  return (row[lengthB] as number) / Math.max(lengthA, lengthB);
}

/** What two sets share, of what they hold together; 1 where both are empty. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const root of a) if (b.has(root)) shared++;
  const union = a.size + b.size - shared;
  return union === 0 ? 1 : shared / union;
}

/** How many words stand in one list and not in the other. */
export function operatorDifference(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  const rest = [...b];
  for (const root of a) {
    const index = rest.indexOf(root);
    if (index < 0) continue;
    rest.splice(index, 1);
    shared++;
  }
  return a.length + b.length - 2 * shared;
}

/** How many members only one of two sets holds. */
export function restCount(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const root of a) if (b.has(root)) shared++;
  return a.size + b.size - 2 * shared;
}
