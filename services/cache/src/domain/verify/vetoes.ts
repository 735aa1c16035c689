import type { Alignment } from "./alignment.ts";
import type { ContentWord, PreparedPrompt, QuestionType } from "./prepared-prompt.ts";
import { rolesDiffer } from "./roles.ts";
import { categoriesOf, oppositesOf } from "./word-lists.ts";

export const vetoes = [
  "length",
  "document",
  "language",
  "numbers",
  "negation",
  "opposite",
  "category",
  "entities",
  "question_type",
  "reference",
  "roles",
  "pronouns",
  "conjunction",
  "tense",
] as const;

/** Why an answer is not right for another prompt, whatever the score says. */
export type Veto = (typeof vetoes)[number];

/** The first rule that speaks against sharing an answer; undefined where none does. */
export function findVeto(a: PreparedPrompt, b: PreparedPrompt, alignment: Alignment): Veto | undefined {
  if (a.tooLong || b.tooLong) return "length";
  if ((a.isDocument || b.isDocument) && !sameWords(a, b)) return "document";
  if (a.script !== b.script && a.script !== "none" && b.script !== "none") return "language";
  if (!sameMembers(a.numbers, b.numbers) || a.signs !== b.signs) return "numbers";
  if (a.negations % 2 !== b.negations % 2) return "negation";
  if (holdsOpposite(a, b) || holdsOpposite(b, a)) return "opposite";
  if (sharesCategory(alignment)) return "category";
  if (alignment.onlyA.some(isEntity) || alignment.onlyB.some(isEntity)) return "entities";
  if (typesDiffer(a, b)) return "question_type";
  if (a.points !== b.points || a.symbols !== b.symbols) return "reference";
  if (gendersDiffer(a, b)) return "pronouns";
  if (conjunctionsDiffer(a, b)) return "conjunction";
  if (tensesDiffer(a, b)) return "tense";
  return rolesDiffer(a, b, alignment) ? "roles" : undefined;
}

/** All of them in one order, whatever they hang on: what a text is made of outweighs what is to be done with it. */
const sameWords = (a: PreparedPrompt, b: PreparedPrompt): boolean =>
  a.words.length === b.words.length && a.words.every(({ root }, index) => root === b.words[index]?.root);

/** As many of each; their order may be owed to the wording unless it is roles that changed. */
function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  if (a.length === 0) return true;
  // In another order numbers mean something else: "from 3 to 5", "5 and 3".
  return a.every((number, index) => number === b[index]);
}

function holdsOpposite(a: PreparedPrompt, b: PreparedPrompt): boolean {
  for (const root of a.roots) {
    const opposites = b.roots.has(root) ? undefined : oppositesOf.get(root);
    if (opposites) for (const opposite of opposites) if (b.roots.has(opposite) && !a.roots.has(opposite)) return true;
    if (!b.roots.has(root) && isNegatedForm(root, a.roots, b.roots)) return true;
  }
  return false;
}

const prefixes = ["un", "in", "im", "ir", "dis", "non", "de", "mis"];

/** "unlock" where the other says "lock"; not where this one says "lock", too. */
function isNegatedForm(root: string, own: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  if (root.length <= 5) return false;
  return prefixes.some((prefix) => {
    if (!root.startsWith(prefix)) return false;
    const positive = root.slice(prefix.length);
    return others.has(positive) && !own.has(positive);
  });
}

/** Kinds of units: one is never another, whatever it measures. */
const measures: ReadonlySet<string> = new Set(["length", "mass", "volume", "degree", "storage", "currency"]);

/** "Paris" on one side, "Rome" on the other. */
function sharesCategory({ onlyA, onlyB }: Alignment): boolean {
  for (const { root } of onlyA) {
    const categories = categoriesOf.get(root);
    if (!categories) continue;
    const isMeasure = categories.some((name) => measures.has(name));
    for (const other of onlyB) {
      const others = categoriesOf.get(other.root);
      if (others?.some((name) => categories.includes(name) || (isMeasure && measures.has(name)))) return true;
    }
  }
  return false;
}

const isEntity = ({ capital, rarity }: ContentWord) => capital && rarity > 0.35;

const interchangeable: readonly (readonly QuestionType[])[] = [
  ["what", "how", "none"],
  ["yes_no", "none"],
  ["what", "who", "none"],
  ["where", "none"],
  ["when", "none"],
  ["why", "none"],
  ["what", "how_many", "how_much", "none"],
  ["how_long", "when", "none"],
  ["what", "how_far", "none"],
  ["what", "how_old", "none"],
];

/** "What does it do" is not "what is it". */
const asksForDeed = ({ type, words }: PreparedPrompt) => type === "what" && words.at(-1)?.root === "do";

function typesDiffer(one: PreparedPrompt, other: PreparedPrompt): boolean {
  if (asksForDeed(one) !== asksForDeed(other)) return true;
  const [a, b] = [one.type, other.type];
  return a !== b && !interchangeable.some((types) => types.includes(a) && types.includes(b));
}

/** Of two people that a text names, "her" is one; whom the other text names instead may be either. */
function gendersDiffer(a: PreparedPrompt, b: PreparedPrompt): boolean {
  if (a.genders === b.genders) return false;
  if (a.genders !== "" && b.genders !== "") return true;
  return Math.max(namesIn(a), namesIn(b)) > 1;
}

const namesIn = ({ content }: PreparedPrompt) => content.filter(({ capital }) => capital).length;

const conjunctionsDiffer = (a: PreparedPrompt, b: PreparedPrompt) =>
  (a.conjunctions === "or" && b.conjunctions === "and") || (a.conjunctions === "and" && b.conjunctions === "or");

/**
 * The past and the future differ, and so does what somebody becomes or was formerly. The present is often meant by either, but not where
 * the question is when or whether something is.
 */
function tensesDiffer({ tense: a, type }: PreparedPrompt, { tense: b, type: other }: PreparedPrompt): boolean {
  if (a === b) return false;
  const bothHow = type === "how" && other === "how";
  const strict = (type === "yes_no" || type === "when") && type === other;
  if (strict && a.startsWith("past") !== b.startsWith("past")) return true;
  // How to be and how to become something are one question; whether one is or becomes it are two.
  if (!bothHow && a.includes("becom") !== b.includes("becom")) return true;
  if (a.includes("former") !== b.includes("former")) return true;
  return (a.startsWith("past") && b.startsWith("future")) || (a.startsWith("future") && b.startsWith("past"));
}
