/** A word, number or code as it stands in a text. */
export interface Token {
  /** Lower case; numbers without separators and in digits. */
  readonly text: string;
  readonly kind: "word" | "number" | "code" | "mark";
  /** Begins with a capital, or is written in capitals. */
  readonly capital: boolean;
  /** The first of its sentence, where a capital says nothing. */
  readonly first: boolean;
}

const pattern =
  /https?:\/\/\S+|[\p{L}\p{N}_.+-]+@[\p{L}\p{N}.-]+|\p{N}[\p{N},.]*\p{N}(?![\p{N}.,]*\p{L})|[\p{L}\p{N}\p{M}]+(?:['’.&_/+#-][\p{L}\p{N}]+)*(?:\+\+|#)?|[$€£¥%]|[.?!\n]/gu;

const marks: ReadonlyMap<string, string> = new Map([
  ["$", "dollar"],
  ["€", "euro"],
  ["£", "pound"],
  ["¥", "yen"],
  ["%", "percent"],
]);

const contractions: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cannot: "can not",
    cant: "can not",
    "can't": "can not",
    wont: "will not",
    "won't": "will not",
    dont: "do not",
    doesnt: "does not",
    didnt: "did not",
    isnt: "is not",
    arent: "are not",
    wasnt: "was not",
    havent: "have not",
    hasnt: "has not",
    couldnt: "could not",
    shouldnt: "should not",
    wouldnt: "would not",
    im: "i am",
    ive: "i have",
    whats: "what is",
    hows: "how is",
    whos: "who is",
    wheres: "where is",
    whens: "when is",
    thats: "that is",
    "let's": "let us",
    wanna: "want to",
    gonna: "going to",
    u: "you",
    ur: "your",
    pls: "please",
    plz: "please",
  }),
);

/** After these, `'s` is a verb; after others it marks an owner and is dropped. */
const beforeVerb = new Set("what how who where when why which that it he she here there".split(" "));
const endings: ReadonlyMap<string, string> = new Map([
  ["'re", "are"],
  ["'m", "am"],
  ["'ve", "have"],
  ["'ll", "will"],
  ["'d", "would"],
]);

const suffixedNumber =
  /^(\d+(?:\.\d+)?)(k|m|b|bn|mb|gb|tb|kg|g|mg|km|cm|mm|ms|s|am|pm|h|hr|hrs|lb|lbs|ft|th|st|nd|rd|usd|eur|gbp|px|v|w|kw|d)$/;
const ordinals: ReadonlyMap<string, string> = new Map([
  ["1st", "first"],
  ["2nd", "second"],
  ["3rd", "third"],
  ["4th", "fourth"],
  ["5th", "fifth"],
]);
/** Numbers of kings, wars and versions; "I" and "V" are letters as often as not. */
const roman: ReadonlyMap<string, string> = new Map([
  ["II", "2"],
  ["III", "3"],
  ["IV", "4"],
]);
/** Abbreviations with a digit that is none. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["k8s", "kubernetes"],
  ["i18n", "internationalization"],
  ["2fa", "twofactor authentication"],
  ["ww1", "world war 1"],
  ["ww2", "world war 2"],
  ["wwi", "world war 1"],
  ["wwii", "world war 2"],
]);
const hasDigit = /\p{N}/u;
const eastAsian = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+$/u;

/** Reads a text into tokens; a sentence's end stands as a mark `^`. Contractions are written out. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let first = true;
  for (const match of text.matchAll(pattern)) {
    const raw = match[0];
    if (raw === "." || raw === "?" || raw === "!" || raw === "\n") {
      if (!first) tokens.push({ text: "^", kind: "mark", capital: false, first: false });
      first = true;
      continue;
    }
    addToken(tokens, raw, first);
    first = false;
  }
  return tokens;
}

function addToken(tokens: Token[], raw: string, first: boolean): void {
  const lower = raw.toLowerCase().replaceAll("’", "'");
  const capital = lower !== raw && raw !== "I";
  const add = (text: string, kind: Token["kind"]) => tokens.push({ text, kind, capital, first });
  const mark = marks.get(lower);
  if (mark) add(mark, "word");
  else if (roman.has(raw) && !first) add(roman.get(raw) as string, "number");
  else if (aliases.has(lower)) readAlias(aliases.get(lower) as string, add);
  else if (raw === "US" || raw === "U.S" || raw === "USA") add("usa", "word");
  else if (hasDigit.test(lower)) addNumber(lower, add);
  else if (eastAsian.test(lower)) for (const character of lower) add(character, "word");
  else if (lower.includes("@") || lower.includes("://")) add(lower, "code");
  else addWords(lower, add);
}

function readAlias(alias: string, add: Add): void {
  for (const part of alias.split(" ")) add(part, hasDigit.test(part) ? "number" : "word");
}

type Add = (text: string, kind: Token["kind"]) => void;

function addWords(lower: string, add: Add): void {
  // A full stop without a space after it ends a sentence or stands in an abbreviation.
  const apart = /[^.]{3}\.[^.]{3}/.test(lower) ? lower.replaceAll(".", "/") : lower.replaceAll(".", "");
  for (const part of apart.split(/[/_-]/)) if (part !== "") addWord(part, add);
}

function addWord(word: string, add: Add): void {
  const written = contractions.get(word);
  if (written) {
    for (const part of written.split(" ")) add(part, "word");
    return;
  }
  const apostrophe = word.lastIndexOf("'");
  if (apostrophe < 0) {
    add(word, "word");
  } else if (word.endsWith("n't")) {
    add(word.slice(0, -3), "word");
    add("not", "word");
  } else {
    const owner = word.slice(0, apostrophe);
    const ending = word.slice(apostrophe);
    const verb = ending === "'s" && beforeVerb.has(owner) ? "is" : endings.get(ending);
    add(owner, "word");
    if (verb) add(verb, "word");
  }
}

function addNumber(lower: string, add: Add): void {
  const plain = lower.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
  const ordinal = ordinals.get(plain);
  const [, digits, suffix] = suffixedNumber.exec(plain) ?? [];
  const [, name, version] = /^([a-z]{3,})-?(\d+)$/.exec(plain) ?? [];
  if (/^\d+(?:\.\d+)?$/.test(plain)) {
    add(canonicalNumber(plain), "number");
  } else if (ordinal) {
    add(ordinal, "word");
  } else if (digits && suffix === "k") {
    add(canonicalNumber(String(Number(digits) * 1000)), "number");
  } else if (digits && suffix) {
    add(canonicalNumber(digits), "number");
    add(suffix, "word");
  } else if (name && version && name !== "covid") {
    add(name, "word");
    add(canonicalNumber(version), "number");
  } else {
    add(plain.replace(/[-_]/g, ""), "code");
  }
}

/** 2.10 is a version as often as a price, and no other version's name is 2.1: what follows the point stays as it is. */
const canonicalNumber = (digits: string): string =>
  digits.length > 15 || digits.includes(".") ? digits.replace(/^0+(?=\d)/, "") : String(Number(digits));
