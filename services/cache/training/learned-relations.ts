import { canonicalWords } from "@switchyard/text";
import type { NearWords, QuestionLine } from "../../../libs/text/training/question-grammar.ts";
import { categoriesOf, functionWords, oppositesOf } from "../src/domain/verify/word-lists.ts";
import type { RelationLists, WordRelations } from "../src/domain/verify/word-relations.ts";

/** By which lines two roots are said to ask the same, or something else. */
interface Evidence {
  readonly near: Set<string>;
  readonly far: Set<string>;
}

/** What this project's questions and lists of near words say of pairs of roots. */
export interface LearnedRelations {
  /** As if a line had not been there: what a line's own questions may know. */
  without(line: string): WordRelations;
  readonly all: WordRelations;
  readonly lists: RelationLists;
}

export function learnRelations(lines: readonly QuestionLine[], nearWords: NearWords): LearnedRelations {
  const evidence = new Map<string, Evidence>();
  const of = (a: string, b: string) => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const found = evidence.get(key) ?? { near: new Set<string>(), far: new Set<string>() };
    evidence.set(key, found);
    return found;
  };
  for (const [index, group] of nearWords.groups.entries()) {
    const roots = group.flatMap((word) => contentRoots(word));
    for (const [a, b] of pairsOf(roots)) of(a, b).near.add(`near ${index}`);
  }
  for (const { name, wordings } of lines) {
    for (const { same, other } of wordings.flatMap(({ parts }) => parts)) {
      for (const [a, b] of pairsOf(same)) for (const [x, y] of difference(a, b)) of(x, y).near.add(name);
      for (const a of same) for (const b of other) for (const [x, y] of difference(a, b)) of(x, y).far.add(name);
    }
  }
  const relations = (left: string | undefined): WordRelations => {
    const count = (names: ReadonlySet<string>) => names.size - (left !== undefined && names.has(left) ? 1 : 0);
    const balance = (a: string, b: string) => {
      const found = evidence.get(a < b ? `${a} ${b}` : `${b} ${a}`);
      return found ? count(found.near) - 2 * count(found.far) : 0;
    };
    return {
      near: (a, b) => balance(a, b) > 0 && !excludeEachOther(a, b),
      far: (a, b) => balance(a, b) < 0,
    };
  };
  const all = relations(undefined);
  return { without: relations, all, lists: { near: list(evidence, all.near), far: list(evidence, all.far) } };
}

function list(evidence: ReadonlyMap<string, Evidence>, is: (a: string, b: string) => boolean): string[] {
  const found = new Map<string, string[]>();
  for (const key of [...evidence.keys()].sort()) {
    const [a = "", b = ""] = key.split(" ");
    if (is(a, b)) found.set(a, [...(found.get(a) ?? []), b]);
  }
  return [...found].map(([root, others]) => [root, ...others].join(" "));
}

function excludeEachOther(a: string, b: string): boolean {
  if (oppositesOf.get(a)?.has(b)) return true;
  const categories = categoriesOf.get(a);
  return categories !== undefined && categoriesOf.get(b)?.some((name) => categories.includes(name)) === true;
}

/** The one word of each that the other lacks; nothing where more differ. */
function difference(a: string, b: string): [string, string][] {
  const [left, right] = [contentRoots(a), contentRoots(b)];
  const onlyLeft = left.filter((root) => !right.includes(root));
  const onlyRight = right.filter((root) => !left.includes(root));
  if (onlyLeft.length !== 1 || onlyRight.length !== 1) return [];
  return [[onlyLeft[0] as string, onlyRight[0] as string]];
}

const contentRoots = (text: string): string[] =>
  canonicalWords(text)
    .filter(({ kind, root }) => kind === "word" && !functionWords.has(root))
    .map(({ root }) => root);

function pairsOf<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((a, index) => items.slice(index + 1).flatMap((b): [Item, Item][] => (a === b ? [] : [[a, b]])));
}
