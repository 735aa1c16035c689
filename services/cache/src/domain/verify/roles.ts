import type { Alignment } from "./alignment.ts";
import type { ContentWord, PreparedPrompt } from "./prepared-prompt.ts";
import { categoriesOf, symmetricGovernors, symmetricWords } from "./word-lists.ts";

/** Content words looked at; a question that has more is compared by score alone. */
const mostWords = 16;

/**
 * Whether two words that both prompts hold have changed places so that they mean something else: "from Rome to Paris" and "from Paris to
 * Rome", "Anna paid Ben" and "Ben paid Anna". Passive voice and equals ("between", "and", "friends with") may turn.
 */
export function rolesDiffer(a: PreparedPrompt, b: PreparedPrompt, { matched }: Alignment): boolean {
  if (matched.length > mostWords) return false;
  if (sidesTurned(a, b)) return true;
  if (matched.length < 2) return false;
  const symmetric = isSymmetric(a) || isSymmetric(b);
  for (const [index, first] of matched.entries()) {
    for (const second of matched.slice(index + 1)) {
      if (exchangedGovernors(first, second)) return true;
      if (!symmetric && namesTurned(first, second)) return true;
    }
  }
  return (!symmetric && placesTurned(a, b, matched)) || partsAskedFor(a, b) || agentsDiffer(a, b, matched);
}

/** Words between equals, and within one name for a thing. */
const joining: ReadonlySet<string> = new Set([...symmetricGovernors, "of", "s"]);

/**
 * Two words in each other's place and all else where it was: "does the dog bite the man". Neighbours are often one thing in another
 * wording ("list python"), unless the question is whether one is the other, or something stands between them.
 */
function placesTurned(a: PreparedPrompt, b: PreparedPrompt, matched: readonly Matched[]): boolean {
  const inA = matched.toSorted(([one], [other]) => one.at - other.at);
  const inB = matched.toSorted(([, one], [, other]) => one.at - other.at);
  const moved = inA.flatMap((pair, index) => (pair === inB[index] ? [] : [index]));
  const [left, right] = moved;
  if (moved.length !== 2 || left === undefined || right === undefined) return false;
  const [leftA, rightA, leftB, rightB] = [inA[left]?.[0], inA[right]?.[0], inB[left]?.[1], inB[right]?.[1]];
  if (!leftA || !rightA || !leftB || !rightB) return false;
  if (leftA.governor !== leftB.governor || rightA.governor !== rightB.governor) return false;
  if (right - left > 1) return true;
  if (joining.has(leftA.after) || joining.has(leftB.after) || joining.has(rightA.governor)) return false;
  if (rightA.at - leftA.at > 1 && rightB.at - leftB.at > 1) return true;
  return a.type === "yes_no" && b.type === "yes_no";
}

/** "Who hired the manager?" asks for who did it, "who did the manager hire?" for the other. */
const partsAskedFor = (a: PreparedPrompt, b: PreparedPrompt): boolean =>
  (asksForDoer(a) && asksForOther(b)) || (asksForOther(a) && asksForDoer(b));

const askers: ReadonlySet<string> = new Set(["who", "what", "which"]);

/** Where the verb stands if the doer is asked for: behind "who", or behind the noun of "which team". */
const behindAsker = ({ words, content }: PreparedPrompt): number => {
  const root = words[0]?.root ?? "";
  if (!askers.has(root)) return 0;
  return root !== "who" && content[0]?.at === 1 ? 2 : 1;
};

const asksForDoer = (prompt: PreparedPrompt): boolean => {
  const at = behindAsker(prompt);
  const isVerb = prompt.content.some((word) => word.at === at);
  return isVerb && prompt.words.length > at + 1;
};

const asksForOther = (prompt: PreparedPrompt): boolean => {
  const at = behindAsker(prompt);
  return at > 0 && prompt.words[at]?.root === "do" && prompt.content.filter((word) => word.at > at).length > 1;
};

/** Words between which the sides matter: what stands before is not what stands behind. */
const directed: ReadonlySet<string> = new Set([
  "to",
  "into",
  "from",
  "after",
  "befor",
  "than",
  "over",
  "under",
  "without",
  "against",
  "per",
]);

/** "pdf to docx" and "docx to pdf", "life after death" and "death after life". */
function sidesTurned(a: PreparedPrompt, b: PreparedPrompt): boolean {
  for (const [word, left, right] of sidesOf(a)) {
    for (const [other, otherLeft, otherRight] of sidesOf(b)) {
      if (word === other && right !== otherRight && endsWith(left, otherRight) && endsWith(otherLeft, right))
        return true;
    }
  }
  return false;
}

/** By whole words: the run before may begin with a verb. */
const endsWith = (run: string, end: string): boolean => run === end || run.endsWith(` ${end}`);

/** The directed words of a text with the run of content words on either side of each. */
function sidesOf({ words, content }: PreparedPrompt): (readonly [string, string, string])[] {
  const isContent = new Set(content.map(({ at }) => at));
  const found: (readonly [string, string, string])[] = [];
  for (let at = 1; at + 1 < words.length; at++) {
    const root = (words[at] as PreparedPrompt["words"][number]).root;
    if (!directed.has(root)) continue;
    const left = run(words, isContent, at, -1);
    const right = run(words, isContent, at, 1);
    if (left && right) found.push([root, left, right]);
  }
  return found;
}

/** Content words next to a place, words like "my" and "better" between them left out. */
function run(words: PreparedPrompt["words"], isContent: ReadonlySet<number>, from: number, step: number): string {
  const roots: string[] = [];
  let skipped = 0;
  for (let at = from + step; at >= 0 && at < words.length && roots.length < 3; at += step) {
    const word = words[at] as PreparedPrompt["words"][number];
    if (isContent.has(at) || word.kind !== "word" || word.capital) {
      if (step > 0) roots.push(word.root);
      else roots.unshift(word.root);
    } else if (roots.length > 0 || ++skipped > 2) break;
  }
  return roots.join(" ");
}

type Matched = readonly [ContentWord, ContentWord];

function isSymmetric({ roots }: PreparedPrompt): boolean {
  for (const root of symmetricWords) if (roots.has(root)) return true;
  return false;
}

function exchangedGovernors([a1, b1]: Matched, [a2, b2]: Matched): boolean {
  if (a1.governor === a2.governor || a1.governor !== b2.governor || a2.governor !== b1.governor) return false;
  const governors = [a1.governor, a2.governor];
  if (governors.includes("") && !governors.includes("by")) return false;
  return !governors.every((governor) => symmetricGovernors.has(governor));
}

/** Two names, or two of a kind, in the other order, with no preposition to tell their parts apart. */
function namesTurned([a1, b1]: Matched, [a2, b2]: Matched): boolean {
  if (Math.sign(a1.at - a2.at) === Math.sign(b1.at - b2.at)) return false;
  if (b1.governor === "by" || b2.governor === "by" || a1.governor === "by" || a2.governor === "by") return false;
  if (joined(a1, a2) || joined(b1, b2)) return false;
  // "Acme's founder" is "the founder of Acme"; with "of" on both sides the parts may have been exchanged.
  if ((a1.governor === "of" || a2.governor === "of") !== (b1.governor === "of" || b2.governor === "of")) return false;
  const bothNames = a1.capital && a2.capital && b1.capital && b2.capital;
  const categories = categoriesOf.get(a1.root);
  const sameKind = categories !== undefined && categoriesOf.get(a2.root)?.some((name) => categories.includes(name));
  if (!bothNames && !sameKind) return false;
  return a1.governor === b1.governor && a2.governor === b2.governor ? a1.governor === a2.governor : true;
}

/** "Anna and Ben": equals. */
function joined(one: ContentWord, other: ContentWord): boolean {
  const [first, second] = one.at < other.at ? [one, other] : [other, one];
  return second.at - first.at === 2 && (first.after === "and" || first.after === "or");
}

/** In "was B paid by A" A comes first in the active voice; where it comes second, the parts have changed. */
function agentsDiffer(a: PreparedPrompt, b: PreparedPrompt, matched: readonly Matched[]): boolean {
  const passiveA = matched.find(([word]) => word.governor === "by");
  const passiveB = matched.find(([, word]) => word.governor === "by");
  if (!passiveA === !passiveB || !(isPassive(a) || isPassive(b))) return false;
  const agent = (passiveA ?? passiveB) as Matched;
  const verbAt = passiveA ? agent[0].at - 2 : agent[1].at - 2;
  for (const [wordA, wordB] of matched) {
    if (wordA === agent[0] || (passiveA ? wordA.at : wordB.at) >= verbAt) continue;
    const activeAgentAt = passiveA ? agent[1].at : agent[0].at;
    const activeOtherAt = passiveA ? wordB.at : wordA.at;
    if (activeOtherAt < activeAgentAt) return true;
  }
  return false;
}

const isPassive = ({ roots }: PreparedPrompt) => roots.has("by") && roots.has("be");
