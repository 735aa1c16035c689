import { stopWords } from "./stop-words.ts";

/** How much of a text is looked at, in UTF-16 code units. */
const lookedAt = 2_000;

/** Scripts that one language, or nearly, is written in; ranges of UTF-16 code units, both ends included. */
const scripts: readonly (readonly [tag: string, from: number, to: number])[] = [
  ["el", 0x370, 0x3ff],
  ["ru", 0x400, 0x52f],
  ["hy", 0x530, 0x58f],
  ["he", 0x590, 0x5ff],
  ["ar", 0x600, 0x77f],
  ["hi", 0x900, 0x97f],
  ["bn", 0x980, 0x9ff],
  ["ta", 0xb80, 0xbff],
  ["th", 0xe00, 0xe7f],
  ["ka", 0x10a0, 0x10ff],
  ["ja", 0x3040, 0x30ff],
  ["zh", 0x3400, 0x9fff],
  ["ko", 0xac00, 0xd7af],
];

/** Below this share of the letters, another script is a quotation. */
const smallestShare = 0.4;
/** Kana among so large a share of Chinese characters make the text Japanese. */
const smallestKanaShare = 0.1;

/**
 * Guesses the language of a text as a BCP 47 tag: by its script, and in Latin script by its stop words. Looks at the
 * beginning only. `und` where nothing tells.
 */
export function guessLanguage(text: string): string {
  const beginning = text.length > lookedAt ? text.slice(0, lookedAt) : text;
  const script = countScripts(beginning);
  if (script.share >= smallestShare) return languageOfScript(beginning, script) ?? "und";
  return languageOfStopWords(beginning) ?? languageOfScript(beginning, script) ?? "und";
}

interface ScriptCount {
  readonly counts: ReadonlyMap<string, number>;
  /** Tag of the script with most characters, Latin left aside; undefined if there is none. */
  readonly best: string | undefined;
  /** Its share of all letters. */
  readonly share: number;
}

function countScripts(text: string): ScriptCount {
  const counts = new Map<string, number>();
  let latin = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) latin++;
    if (code < 0x250) continue;
    const tag = scripts.find(([, from, to]) => code >= from && code <= to)?.[0];
    if (tag) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  let best: string | undefined;
  let most = 0;
  let total = latin;
  for (const [tag, count] of counts) {
    total += count;
    if (count > most) [best, most] = [tag, count];
  }
  return { counts, best, share: total === 0 ? 0 : most / total };
}

function languageOfScript(text: string, { counts, best }: ScriptCount): string | undefined {
  if (best === "zh" && (counts.get("ja") ?? 0) > smallestKanaShare * (counts.get("zh") ?? 0)) return "ja";
  if (best === "ru" && /[іїєґІЇЄҐ]/.test(text)) return "uk";
  if (best === "ar" && /[پچژگکی]/.test(text)) return "fa";
  return best;
}

function languageOfStopWords(text: string): string | undefined {
  const scores = new Map<string, number>();
  for (const word of text.toLowerCase().split(/[^\p{L}]+/u)) {
    const languages = stopWords.get(word);
    if (!languages) continue;
    for (const language of languages) scores.set(language, (scores.get(language) ?? 0) + 1 / languages.length);
  }
  let best: string | undefined;
  let most = 0;
  for (const [language, score] of scores) if (score > most) [best, most] = [language, score];
  return best;
}
