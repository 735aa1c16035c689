import { type PhraseNode, phrasePasses } from "./phrases.ts";
import { stem } from "./stem.ts";
import { synonymGroup } from "./synonyms.ts";
import { type Token, tokenize } from "./tokens.ts";

/** A word of a question in the form in which questions are compared. */
export interface CanonicalWord {
  /** Name of its group of synonyms; the stem where it has none; the digits of a number. */
  readonly root: string;
  readonly stem: string;
  readonly kind: "word" | "number" | "code";
  /** Written with a capital that is not owed to the beginning of a sentence. */
  readonly capital: boolean;
  /** Of the past: was, did, had. */
  readonly past: boolean;
  /** Stands for a wording, not for a word of the text. */
  readonly rewritten: boolean;
}

const articles = new Set(["a", "an", "the"]);
const pastForms = new Set(["was", "were", "did", "had"]);
const numberWords: ReadonlyMap<string, number> = new Map(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, value) => [word, value]),
);
const tens: ReadonlyMap<string, number> = new Map(
  "twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, index) => [word, 20 + 10 * index]),
);
const scales: ReadonlyMap<string, number> = new Map([
  ["hundred", 100],
  ["thousand", 1e3],
  ["million", 1e6],
  ["billion", 1e9],
  ["dozen", 12],
]);

/** Known words are few; a bounded memory of their stems spares most of the work. */
const stems = new Map<string, string>();
const mostStems = 20_000;

function knownStem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const found = stem(word);
  if (stems.size >= mostStems) stems.clear();
  stems.set(word, found);
  return found;
}

interface Draft extends CanonicalWord {
  readonly boundary: boolean;
}

/**
 * Reads a text as the words in which questions are compared: without articles and politeness, wordings and synonyms brought
 * to one form, numbers in digits. English only in effect; other languages come through word by word.
 */
export function canonicalWords(text: string): readonly CanonicalWord[] {
  if (last.text !== text) last = { text, words: read(text) };
  return last.words;
}

/** A request's text is read for its vector, for its numbers and to be compared, one after the other. */
let last: { readonly text: string; readonly words: readonly CanonicalWord[] } = { text: "", words: [] };

function read(text: string): CanonicalWord[] {
  let drafts = draft(readNumbers(tokenize(text)));
  for (const pass of phrasePasses) drafts = rewrite(drafts, pass);
  return drafts.filter(({ boundary }) => !boundary);
}

const boundary: Draft = {
  root: "^",
  stem: "^",
  kind: "word",
  capital: false,
  past: false,
  rewritten: false,
  boundary: true,
};

function draft(tokens: readonly Token[]): Draft[] {
  const drafts: Draft[] = [boundary];
  for (const token of tokens) {
    if (token.kind === "mark") drafts.push(boundary);
    else if (!articles.has(token.text) || (token.capital && !token.first)) drafts.push(draftOf(token));
  }
  return drafts;
}

function draftOf({ text, kind, capital, first }: Token): Draft {
  const isWord = kind === "word";
  const stemmed = isWord ? knownStem(text) : text;
  return {
    root: isWord ? synonymGroup(stemmed) : text,
    stem: stemmed,
    kind: kind === "mark" ? "word" : kind,
    capital: capital && !first,
    past: isWord && pastForms.has(text),
    rewritten: false,
    boundary: false,
  };
}

/** Number words become numbers: "twenty five thousand" is 25000. A lone "one" is a pronoun as often as not and stays. */
function readNumbers(tokens: readonly Token[]): Token[] {
  const read: Token[] = [];
  for (const token of tokens) {
    const previous = read.at(-1);
    const scale = token.kind === "word" ? scales.get(token.text) : undefined;
    const value = tens.get(token.text) ?? numberWords.get(token.text);
    if (scale !== undefined && previous && (previous.kind === "number" || previous.text === "one")) {
      const count = previous.text === "one" ? 1 : Number(previous.text);
      read[read.length - 1] = { ...previous, text: String(count * scale), kind: "number" };
    } else if (value === undefined || token.kind !== "word" || token.text === "one") {
      read.push(token);
    } else if (previous?.kind === "number" && value < 10 && tens.has(wordsOf.get(previous) ?? "")) {
      read[read.length - 1] = { ...previous, text: String(Number(previous.text) + value) };
    } else {
      const number: Token = { ...token, text: String(value), kind: "number" };
      wordsOf.set(number, token.text);
      read.push(number);
    }
  }
  return read;
}

/** The word a number token was read from, so that "twenty five" is one number and "20 five" is not. */
const wordsOf = new WeakMap<Token, string>();

function rewrite(drafts: readonly Draft[], patterns: PhraseNode): Draft[] {
  const written: Draft[] = [];
  let index = 0;
  while (index < drafts.length) {
    const found = longest(drafts, index, patterns);
    if (!found) {
      written.push(drafts[index] as Draft);
      index++;
      continue;
    }
    const past = drafts.slice(index, found.end).some((word) => word.past);
    if (drafts[index]?.boundary) written.push(boundary);
    for (const word of found.words) {
      written.push({ ...boundary, root: synonymGroup(word), stem: word, past, rewritten: true, boundary: false });
    }
    index = found.end;
  }
  return written;
}

function longest(
  drafts: readonly Draft[],
  start: number,
  patterns: PhraseNode,
): { readonly words: readonly string[]; readonly end: number } | undefined {
  let node: PhraseNode | undefined = patterns;
  let found: { words: readonly string[]; end: number } | undefined;
  for (let end = start; node && end < drafts.length; ) {
    node = node.next.get((drafts[end] as Draft).stem);
    end++;
    if (node?.replacement) found = { words: node.replacement, end };
  }
  return found;
}

/** The root of a single word in lower case. */
export function canonicalRoot(word: string): string {
  return synonymGroup(knownStem(word));
}
