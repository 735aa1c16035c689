import type { Alignment } from "./alignment.ts";
import type { ContentWord, PreparedPrompt } from "./prepared-prompt.ts";
import { jaccard, neighbourShare, operatorDifference, restCount, sequenceShare } from "./set-similarity.ts";
import { categoriesOf } from "./word-lists.ts";

/**
 * What the score is made of, and which way each may move it: 1 where more can only speak for sharing the answer, -1 where it can
 * only speak against, 0 where the data decide.
 */
export const featureDirections = {
  cosine: 1,
  matchedShare: 1,
  /** Rarity that only one side holds: of the side with less, with more. */
  lesserRest: -1,
  greaterRest: -1,
  lesserRestRarest: -1,
  greaterRestRarest: -1,
  lesserRestCount: -1,
  greaterRestCount: -1,
  restBetweenSameNeighbours: -1,
  restKnownKind: -1,
  restCapital: -1,
  restUnknown: -1,
  synonyms: 0,
  slips: 0,
  functionShare: 1,
  operatorDifference: -1,
  neighbourShare: 1,
  orderKept: 1,
  sequenceShare: 1,
  governorsChanged: -1,
  firstContentSame: 1,
  lastContentSame: 1,
  sameType: 1,
  bothTyped: 0,
  oneTyped: 0,
  isHow: 0,
  isYesNo: 0,
  isStatement: 0,
  tenseDiffers: -1,
  conjunctionDiffers: -1,
  negated: 0,
  numbers: 0,
  lesserCount: 0,
  greaterCount: 0,
  countRatio: 1,
  matchedCount: 0,
  matchedRarest: 0,
  symbolShare: 1,
  restSimilarity: 1,
  personDiffers: -1,
  near: 0,
  far: -1,
  /** "Can I" against "how do I". */
  canAgainstHow: -1,
  /** Praise that only one side asks for: "a good rate" is not "a rate". */
  praiseDiffers: -1,
  /** Words without subject matter that only one side holds. */
  functionRest: -1,
  whatAgainstHow: -1,
  questionCount: -1,
} as const;

export type FeatureName = keyof typeof featureDirections;
export const featureNames = Object.keys(featureDirections) as readonly FeatureName[];

const at = Object.fromEntries(featureNames.map((name, index) => [name, index])) as Record<FeatureName, number>;

/** The features of a pair in the order of {@link featureNames}; the same whichever prompt comes first. */
export function pairFeatures(a: PreparedPrompt, b: PreparedPrompt, alignment: Alignment, cosine: number): Float64Array {
  const values = new Float64Array(featureNames.length);
  values[at.cosine] = cosine;
  putRest(values, a, b, alignment);
  putOrder(values, a, b, alignment);
  putForm(values, a, b);
  return values;
}

function putRest(values: Float64Array, a: PreparedPrompt, b: PreparedPrompt, alignment: Alignment): void {
  const { matched, onlyA, onlyB, synonyms, slips } = alignment;
  const [restA, restB] = [raritySum(onlyA), raritySum(onlyB)];
  const matchedRarity = matched.reduce((sum, [word, other]) => sum + (word.rarity + other.rarity) / 2, 0);
  const total = matchedRarity + restA + restB;
  values[at.matchedShare] = total > 0 ? matchedRarity / total : 1;
  values[at.lesserRest] = Math.min(restA, restB);
  values[at.greaterRest] = Math.max(restA, restB);
  values[at.lesserRestRarest] = Math.min(rarest(onlyA), rarest(onlyB));
  values[at.greaterRestRarest] = Math.max(rarest(onlyA), rarest(onlyB));
  values[at.lesserRestCount] = Math.min(onlyA.length, onlyB.length);
  values[at.greaterRestCount] = Math.max(onlyA.length, onlyB.length);
  values[at.restBetweenSameNeighbours] = replaced(onlyA, onlyB);
  values[at.restKnownKind] = countOf(onlyA, isOfKnownKind) + countOf(onlyB, isOfKnownKind);
  values[at.restCapital] = countOf(onlyA, isCapital) + countOf(onlyB, isCapital);
  values[at.restUnknown] = countOf(onlyA, isUnknown) + countOf(onlyB, isUnknown);
  values[at.synonyms] = synonyms;
  values[at.slips] = slips;
  values[at.lesserCount] = Math.min(a.content.length, b.content.length);
  values[at.greaterCount] = Math.max(a.content.length, b.content.length);
  values[at.countRatio] =
    (Math.min(a.content.length, b.content.length) + 1) / (Math.max(a.content.length, b.content.length) + 1);
  values[at.matchedCount] = matched.length;
  values[at.matchedRarest] = rarest(matched.flat());
  values[at.restSimilarity] = restSimilarity(onlyA, onlyB);
  values[at.near] = alignment.near;
  values[at.far] = alignment.far;
}

const isOfKnownKind = ({ root }: ContentWord) => categoriesOf.has(root);
const isCapital = ({ capital }: ContentWord) => capital;
const isUnknown = ({ rarity }: ContentWord) => rarity >= 1;

function raritySum(words: readonly ContentWord[]): number {
  let sum = 0;
  for (const { rarity } of words) sum += rarity;
  return sum;
}

function rarest(words: readonly ContentWord[]): number {
  let most = 0;
  for (const { rarity } of words) most = Math.max(most, rarity);
  return most;
}

function countOf(words: readonly ContentWord[], is: (word: ContentWord) => boolean): number {
  let count = 0;
  for (const word of words) if (is(word)) count++;
  return count;
}

/** How often one word stands where the other text has another one: the mark of a twin. */
function replaced(onlyA: readonly ContentWord[], onlyB: readonly ContentWord[]): number {
  let count = 0;
  for (const word of onlyA) {
    for (const other of onlyB) {
      if (word.before === other.before && word.after === other.after) count++;
      else if (word.before === other.before || word.after === other.after) count += 0.5;
    }
  }
  return Math.min(count, 3);
}

/** How alike the words look that only one side holds: the best pair by shared beginnings. */
function restSimilarity(onlyA: readonly ContentWord[], onlyB: readonly ContentWord[]): number {
  let best = 0;
  for (const { stem } of onlyA) {
    for (const other of onlyB) {
      let shared = 0;
      while (shared < stem.length && stem[shared] === other.stem[shared]) shared++;
      best = Math.max(best, shared / Math.max(stem.length, other.stem.length));
    }
  }
  return best;
}

function putOrder(values: Float64Array, a: PreparedPrompt, b: PreparedPrompt, { matched }: Alignment): void {
  let pairs = 0;
  let kept = 0;
  let governorsChanged = 0;
  for (let first = 0; first < matched.length && first < 24; first++) {
    const [a1, b1] = matched[first] as (typeof matched)[number];
    if (a1.governor !== b1.governor) governorsChanged++;
    for (let second = first + 1; second < matched.length && second < 24; second++) {
      const [a2, b2] = matched[second] as (typeof matched)[number];
      pairs++;
      if (a1.at < a2.at === b1.at < b2.at) kept++;
    }
  }
  values[at.orderKept] = pairs > 0 ? kept / pairs : 1;
  values[at.governorsChanged] = governorsChanged;
  values[at.neighbourShare] = neighbourShare(a, b);
  values[at.sequenceShare] = sequenceShare(a, b);
  values[at.firstContentSame] = a.content[0]?.root === b.content[0]?.root ? 1 : 0;
  values[at.lastContentSame] = a.content.at(-1)?.root === b.content.at(-1)?.root ? 1 : 0;
}

const persons = ["i", "my", "me", "you", "your", "we", "our", "he", "she", "they", "their", "his", "her"];

function putForm(values: Float64Array, a: PreparedPrompt, b: PreparedPrompt): void {
  const [typedA, typedB] = [a.type !== "none", b.type !== "none"];
  values[at.functionShare] = jaccard(a.functionRoots, b.functionRoots);
  values[at.operatorDifference] = operatorDifference(a.operators, b.operators);
  values[at.sameType] = a.type === b.type ? 1 : 0;
  values[at.bothTyped] = typedA && typedB ? 1 : 0;
  values[at.oneTyped] = typedA !== typedB ? 1 : 0;
  values[at.isHow] = Number(a.type === "how") + Number(b.type === "how");
  values[at.isYesNo] = Number(a.type === "yes_no") + Number(b.type === "yes_no");
  values[at.isStatement] = Number(!typedA) + Number(!typedB);
  values[at.tenseDiffers] = a.tense === b.tense ? 0 : 1;
  values[at.conjunctionDiffers] = a.conjunctions === b.conjunctions ? 0 : 1;
  values[at.negated] = Math.min(a.negations, b.negations);
  values[at.numbers] = a.numbers.length;
  values[at.symbolShare] = symbolShare(a, b);
  let differing = 0;
  for (const person of persons) if (a.roots.has(person) !== b.roots.has(person)) differing++;
  values[at.personDiffers] = differing;
  values[at.canAgainstHow] =
    (a.type === "how" && b.type === "yes_no") || (a.type === "yes_no" && b.type === "how") ? 1 : 0;
  values[at.functionRest] = Math.min(8, restCount(a.functionRoots, b.functionRoots));
  values[at.whatAgainstHow] =
    (a.type === "how" && b.type === "what") || (a.type === "what" && b.type === "how") ? 1 : 0;
  values[at.questionCount] = Math.abs(questionsIn(a) - questionsIn(b));
  values[at.praiseDiffers] = Math.abs(praiseOf(a) - praiseOf(b));
}

const asking = new Set(["how", "what", "why", "wher", "where", "when", "who", "which"]);

function questionsIn({ words }: PreparedPrompt): number {
  let count = 0;
  for (const { root } of words) if (asking.has(root)) count++;
  return Math.min(count, 3);
}

const praise = ["best", "good", "better", "worst", "great"];

/** Whether the text asks for the good ones of something; how good they are said to be does not count. */
const praiseOf = ({ roots }: PreparedPrompt): number => (praise.some((root) => roots.has(root)) ? 1 : 0);

/** Share of all words, in canonical form, that both texts hold. */
function symbolShare(a: PreparedPrompt, b: PreparedPrompt): number {
  return jaccard(a.roots, b.roots);
}
