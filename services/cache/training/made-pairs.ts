import { canonicalWords } from "@switchyard/text";
import { functionWords } from "../src/domain/verify/word-lists.ts";

interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  readonly source: string;
  readonly kind: string;
}

const openings = [
  "Please tell me ",
  "Hi, ",
  "Can you tell me ",
  "I would like to know: ",
  "Hello! ",
  "Quick question: ",
  "Do you know ",
  "I was wondering, ",
  "Please, ",
];
const closings = [" Thanks!", " please", " Thank you", " I need this for work.", " ?", ""];

/** Pairs made from single texts by rules: the same question in other manners, and another one by one word's difference. */
export function madePairs(
  { pairs, intents }: { pairs: readonly Pair[]; intents: readonly { text: string }[] },
  random: () => number,
): Pair[] {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const texts = [...pairs.map(({ a }) => a), ...intents.map(({ text }) => text)].filter((text) => text.length < 160);
  const contentWords = intents
    .flatMap(({ text }) => text.split(" "))
    .filter((word) => /^[a-z]{4,}$/.test(word) && isContent(word));
  const made: Pair[] = [];
  const put = (a: string, b: string, same: boolean, kind: string) => {
    if (a !== b) made.push({ a, b, same, source: "made", kind });
  };
  for (let turn = 0; turn < 2_500; turn++) {
    const text = pick(texts);
    put(text, `${pick(openings)}${lowerFirst(text)}${pick(closings)}`, true, "manners");
    const words = text.split(" ");
    const at = Math.floor(random() * words.length);
    const word = words[at] as string;
    put(text, words.with(at, misspelt(word, random)).join(" "), true, "slip");
    if (isContent(word)) {
      put(text, words.with(at, pick(contentWords)).join(" "), false, "word replaced");
      if (random() < 0.3) put(text, words.toSpliced(at, 0, pick(contentWords)).join(" "), false, "word added");
    }
  }
  return made;
}

const isContent = (word: string) => canonicalWords(word).some(({ root }) => !functionWords.has(root));

const lowerFirst = (text: string) => (/^[A-Z][a-z]/.test(text) ? text[0]?.toLowerCase() + text.slice(1) : text);

/** Two letters in the middle swapped; short words, names and numbers stay. */
function misspelt(word: string, random: () => number): string {
  if (!/^[a-z]{5,}$/.test(word)) return word;
  const at = 1 + Math.floor(random() * (word.length - 3));
  return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
}
