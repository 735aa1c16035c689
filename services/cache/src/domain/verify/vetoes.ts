import type { Alignment } from "./alignment.ts";
import type { ContentWord, PreparedPrompt, QuestionType } from "./prepared-prompt.ts";
import { rolesDiffer } from "./roles.ts";
import { categoriesOf, oppositesOf } from "./word-lists.ts";

export const vetoes = [
  "length",
  "language",
  "numbers",
  "negation",
  "opposite",
  "category",
  "entities",
  "question_type",
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
  if (a.script !== b.script && a.script !== "none" && b.script !== "none") return "language";
  if (!sameMembers(a.numbers, b.numbers)) return "numbers";
  if (a.negations % 2 !== b.negations % 2) return "negation";
  if (holdsOpposite(a, b) || holdsOpposite(b, a)) return "opposite";
  if (sharesCategory(alignment)) return "category";
  if (alignment.onlyA.some(isEntity) || alignment.onlyB.some(isEntity)) return "entities";
  if (typesDiffer(a.type, b.type)) return "question_type";
  if (a.genders !== b.genders && a.genders !== "" && b.genders !== "") return "pronouns";
  if (conjunctionsDiffer(a, b)) return "conjunction";
  if (tensesDiffer(a.tense, b.tense)) return "tense";
  return rolesDiffer(a, b, alignment) ? "roles" : undefined;
}

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
    if (!b.roots.has(root) && isNegatedForm(root, b.roots)) return true;
  }
  return false;
}

const prefixes = ["un", "in", "im", "ir", "dis", "non", "de", "mis"];

/** "unlock" where the other says "lock". */
function isNegatedForm(root: string, others: ReadonlySet<string>): boolean {
  return root.length > 5 && prefixes.some((prefix) => root.startsWith(prefix) && others.has(root.slice(prefix.length)));
}

/** "Paris" on one side, "Rome" on the other. */
function sharesCategory({ onlyA, onlyB }: Alignment): boolean {
  for (const { root } of onlyA) {
    const categories = categoriesOf.get(root);
    if (!categories) continue;
    for (const other of onlyB) if (categoriesOf.get(other.root)?.some((name) => categories.includes(name))) return true;
  }
  return false;
}

const isEntity = ({ capital, rarity }: ContentWord) => capital && rarity > 0.35;

const interchangeable: readonly (readonly QuestionType[])[] = [
  ["what", "how", "none", "yes_no"],
  ["what", "who", "none"],
  ["what", "where", "none"],
  ["when", "none"],
  ["why", "none"],
  ["what", "how_many", "how_much", "none"],
  ["how_long", "when", "none"],
  ["what", "how_far", "none"],
  ["what", "how_old", "none"],
  ["how", "where", "none"],
];

function typesDiffer(a: QuestionType, b: QuestionType): boolean {
  return a !== b && !interchangeable.some((types) => types.includes(a) && types.includes(b));
}

const conjunctionsDiffer = (a: PreparedPrompt, b: PreparedPrompt) =>
  (a.conjunctions === "or" && b.conjunctions === "and") || (a.conjunctions === "and" && b.conjunctions === "or");

/** The past and the future differ, and so does what somebody becomes or was formerly; the present is often meant by either. */
function tensesDiffer(a: string, b: string): boolean {
  if (a === b) return false;
  if (a.includes("becom") !== b.includes("becom") || a.includes("former") !== b.includes("former")) return true;
  return (a.startsWith("past") && b.startsWith("future")) || (a.startsWith("future") && b.startsWith("past"));
}
