import { type CanonicalWord, canonicalWords } from "@switchyard/text";
import { functionWords, governors, negations, operators } from "./word-lists.ts";

/** What a question asks for. */
export type QuestionType =
  | "how"
  | "why"
  | "when"
  | "where"
  | "who"
  | "what"
  | "how_many"
  | "how_much"
  | "how_long"
  | "how_often"
  | "how_old"
  | "how_far"
  | "yes_no"
  | "none";

/** A word with subject matter, in its place. */
export interface ContentWord {
  readonly root: string;
  readonly stem: string;
  readonly capital: boolean;
  /** Between 0, in every text, and 1, never seen in training. */
  readonly rarity: number;
  /** The preposition it hangs on; empty where none stands shortly before it. */
  readonly governor: string;
  /** Neighbours among all words; empty at the ends. */
  readonly before: string;
  readonly after: string;
  /** Index among all words. */
  readonly at: number;
}

/** A text as the verifier compares it: pure data, worth keeping beside a stored prompt's vector while it is in memory. */
export interface PreparedPrompt {
  readonly words: readonly CanonicalWord[];
  readonly content: readonly ContentWord[];
  readonly contentRarity: number;
  readonly roots: ReadonlySet<string>;
  readonly functionRoots: ReadonlySet<string>;
  readonly operators: readonly string[];
  /** In canonical form and order; codes and addresses among them. */
  readonly numbers: readonly string[];
  readonly negations: number;
  readonly type: QuestionType;
  /** Whether it points at something that does not stand in it: "this", "the following". */
  readonly points: boolean;
  /** Signs that are neither letters nor digits nor punctuation of a sentence, in order. */
  readonly symbols: string;
  /** What makes another number of the same digits: a sign, a leading point, what stands between two, in order. */
  readonly signs: string;
  /** He, she and their forms, in order. */
  readonly genders: string;
  readonly conjunctions: string;
  readonly tense: string;
  /** Longer than what is looked at: nothing can be said of it. */
  readonly tooLong: boolean;
  /** Brings a text of its own to be worked on, in which each word may matter. */
  readonly isDocument: boolean;
  readonly script: "latin" | "other" | "none";
}

const mostCharacters = 4_000;

const mostWordsOfQuestion = 40;
/** Another line, or a colon before more than a few words. */
const givenText = /\S\s*\n\s*\S|:(?:\s+\S+){8}/;

/** Reads a prompt. `rarityOf` gives how rare a stem is, from 0 to 1. */
export function preparePrompt(text: string, rarityOf: (stem: string) => number): PreparedPrompt {
  const tooLong = text.length > mostCharacters;
  const words = canonicalWords(tooLong ? text.slice(0, mostCharacters) : text);
  const shouting = isTitle(words, rarityOf);
  const content: ContentWord[] = [];
  let contentRarity = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as CanonicalWord;
    if (word.kind !== "word" || functionWords.has(word.root)) continue;
    const rarity = rarityOf(word.stem);
    contentRarity += rarity;
    content.push({
      root: word.root,
      stem: word.stem,
      capital: word.capital && !shouting,
      rarity,
      governor: governorOf(words, at),
      before: words[at - 1]?.root ?? "",
      after: words[at + 1]?.root ?? "",
      at,
    });
  }
  const roots = words.map(({ root }) => root);
  return {
    words,
    content,
    contentRarity,
    roots: new Set(roots),
    functionRoots: new Set(roots.filter((root) => functionWords.has(root))),
    operators: roots.filter((root) => operators.has(root)),
    numbers: numbersOf(words),
    negations: roots.filter((root) => negations.has(root)).length,
    type: questionType(words),
    points: roots.some((root) => pointers.has(root)),
    symbols: symbolsOf(text),
    signs: signsOf(text),
    genders: roots.map(genderOf).join(""),
    conjunctions: `${roots.includes("and") ? "and" : ""}${roots.includes("or") ? "or" : ""}`,
    tense: tenseOf(words),
    tooLong,
    isDocument: words.length > mostWordsOfQuestion || givenText.test(text),
    script: scriptOf(text),
  };
}

/** Numbers, codes and addresses in canonical form and order: where they differ, an answer is never shared. */
export const numbersOf = (words: readonly CanonicalWord[]): string[] =>
  words.filter(({ kind }) => kind !== "word").map(({ root }) => root);

/** Whether words are written with a capital that nobody would take for names: a title, or shouting. */
function isTitle(words: readonly CanonicalWord[], rarityOf: (stem: string) => number): boolean {
  let common = 0;
  let capitals = 0;
  for (const { root, stem, kind, capital, rewritten } of words) {
    if (kind !== "word" || rewritten || root === "i") continue;
    if (!functionWords.has(root) && rarityOf(stem) > 0.5) continue;
    common++;
    if (capital) capitals++;
  }
  return capitals > 0 && capitals * 2 > common;
}

const pointers: ReadonlySet<string> = new Set(["this", "thes", "those", "follow", "below", "abov"]);

const symbol = /[#*+<>~^|\\@[\]{}_]|[^\P{S}\p{Sc}]|!(?=[\p{L}(])/gu;

/** Those of words like "C++" and of addresses are read with the word and repeated here. */
function symbolsOf(text: string): string {
  if (text.length > mostCharacters) return "";
  // As a minus it is read with the numbers, however it is written.
  return text.replaceAll("−", "-").match(symbol)?.join("") ?? "";
}

/**
 * "-5", ".5", "6/3" and "6 - 3", "1e-3", "12-3" and "1-23", "5'" and "5 inches" of quotes, "3!", "(3+4)", and "a/b" and "a-b": words
 * are read without these.
 */
const sign = new RegExp(
  [
    /(?<![\p{L}\p{N}])[-.](?=\.?\d)/u,
    /\d+[-_](?=\d)/u,
    /(?<=\de)-(?=\d)/u,
    /(?<=\d ?)[-/:·](?= ?\d)/u,
    /(?<=\d)[!'"′″)]|\((?=\d)/u,
    /(?<![\p{L}\p{N}])\p{L}(?: - | ?\/ ?)(?=[\p{L}\d](?![\p{L}\p{N}]))/u,
    /(?<![\p{L}\p{N}])\p{L}-(?=\p{L}(?![\p{L}\p{N}]))/u,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);

function signsOf(text: string): string {
  if (text.length > mostCharacters) return "";
  return text.replace(/[–−]/g, "-").match(sign)?.join("").replaceAll(" ", "") ?? "";
}

/** What something is done by without doing it. */
const means: ReadonlySet<string> = new Set([
  "card",
  "creditcard",
  "debitcard",
  "cash",
  "chequ",
  "check",
  "transfer",
  "bank",
  "phon",
  "email",
  "post",
  "car",
  "bu",
  "train",
  "airplan",
  "default",
  "mistak",
  "hand",
  "invoic",
  "paypal",
]);

function governorOf(words: readonly CanonicalWord[], at: number): string {
  for (let index = at - 1; index >= Math.max(0, at - 2); index--) {
    const root = (words[index] as CanonicalWord).root;
    if (governors.has(root)) return root === "by" && means.has((words[at] as CanonicalWord).root) ? "with" : root;
    if (index === at - 1 && root !== "my" && root !== "your") {
      const isName = words[index]?.capital && words[at]?.capital;
      if (!isName && !functionWords.has(root)) return "";
    }
  }
  return "";
}

const measures: ReadonlyMap<string, QuestionType> = new Map([
  ["mani", "how_many"],
  ["many", "how_many"],
  ["much", "how_much"],
  ["long", "how_long"],
  ["often", "how_often"],
  ["old", "how_old"],
  ["ag", "how_old"],
  ["far", "how_far"],
  ["distanc", "how_far"],
  ["tall", "how_far"],
]);
const questionWords: ReadonlyMap<string, QuestionType> = new Map([
  ["why", "why"],
  ["when", "when"],
  ["wher", "where"],
  ["who", "who"],
  ["whom", "who"],
  ["whos", "who"],
  ["what", "what"],
  ["which", "what"],
]);
const openers = new Set(["be", "do", "can", "will", "would", "could", "should", "must", "have", "may", "might"]);

/** By the first question word; "when" and "where" inside a sentence without one before them count too. */
function questionType(words: readonly CanonicalWord[]): QuestionType {
  for (let index = 0; index < words.length; index++) {
    const root = (words[index] as CanonicalWord).root;
    if (root === "how") return measures.get(words[index + 1]?.root ?? "") ?? "how";
    const type = questionWords.get(root);
    if (type && !(index > 0 && (type === "when" || type === "where") && openers.has(words[0]?.root ?? ""))) return type;
  }
  return openers.has(words[0]?.root ?? "") ? "yes_no" : "none";
}

function genderOf(root: string): string {
  if (root === "he" || root === "him" || root === "his") return "m";
  return root === "she" || root === "her" ? "f" : "";
}

function tenseOf(words: readonly CanonicalWord[]): string {
  let tense = words.some(({ past }) => past) ? "past" : "";
  for (const { stem } of words) {
    if (stem === "will") tense = "future";
    if (stem === "formerli" || stem === "becom" || stem === "former") tense += stem;
  }
  return tense;
}

function scriptOf(text: string): PreparedPrompt["script"] {
  let latin = 0;
  let other = 0;
  const end = Math.min(text.length, 400);
  for (let index = 0; index < end; index++) {
    const code = text.charCodeAt(index);
    if ((code | 0x20) >= 97 && (code | 0x20) <= 122) latin++;
    else if (code > 0x36f && !(code >= 0x2000 && code < 0x3000)) other++;
  }
  if (latin + other === 0) return "none";
  return other * 2 > latin ? "other" : "latin";
}
