import { interval, rounded } from "./measures.ts";
import { ExactIndex } from "./nearest.ts";
import type { PairRow } from "./read-files.ts";
import type { ReadPrompt, RecallEngine } from "./recall-engine.ts";

interface StreamHits {
  readonly correct: number;
  /** Between prompts that are labelled different. */
  readonly wrong: number;
  /** Between prompts that nobody labelled: counted as wrong below. */
  readonly unlabelled: number;
  /** Wrong and unlabelled hits as a share of all asked, with 95% confidence. */
  readonly wrongOfAsked: number;
  readonly wrongOfAskedInterval: readonly [number, number];
  readonly labelledWrongOfAsked: number;
  readonly wrongOfHits: number;
  readonly wrongOfHitsInterval: readonly [number, number];
  /** Correct hits as a share of the prompts of which an equal had been stored. */
  readonly servedOfAnswerable: number;
}

export interface StreamReport {
  readonly asked: number;
  readonly answerable: number;
  readonly falseHitBudget: number;
  readonly keepsBudget: boolean;
  readonly verified: StreamHits;
  readonly cosine: StreamHits;
}

const neighbours = 8;

/**
 * Asks the texts of the pairs one by one, in an order that depends on the seed alone: a prompt is answered from what was stored
 * before, or is stored. A hit is correct where a chain of pairs that are the same joins both.
 */
export function benchStream(
  pairs: readonly PairRow[],
  engine: RecallEngine,
  { mostAsked, falseHitBudget, random }: { mostAsked: number; falseHitBudget: number; random: () => number },
): StreamReport {
  const labels = new Labels(pairs);
  const texts = askedTexts(pairs, mostAsked, random);
  const run = (isHit: (stored: ReadPrompt, asked: ReadPrompt, similarity: number) => boolean) =>
    runStream(texts, labels, engine, isHit);
  const verified = run((stored, asked, similarity) => engine.judgeAt(stored, asked, similarity).hit);
  const cosine = run((_, __, similarity) => similarity >= engine.thresholds.cosine);
  return {
    asked: texts.length,
    answerable: verified.answerable,
    falseHitBudget,
    keepsBudget: verified.hits.wrongOfAsked <= falseHitBudget,
    verified: verified.hits,
    cosine: cosine.hits,
  };
}

function runStream(
  texts: readonly string[],
  labels: Labels,
  engine: RecallEngine,
  isHit: (stored: ReadPrompt, asked: ReadPrompt, similarity: number) => boolean,
): { readonly hits: StreamHits; readonly answerable: number } {
  const stored: ReadPrompt[] = [];
  const storedGroups = new Set<string>();
  const index = new ExactIndex(engine.read("").vector.length);
  const count = { correct: 0, wrong: 0, unlabelled: 0 };
  let answerable = 0;
  for (const text of texts) {
    const asked = engine.read(text);
    const group = labels.groupOf(text);
    if (storedGroups.has(group)) answerable++;
    const hit = index
      .search(asked.vector, neighbours)
      .map(({ index: at, similarity }) => ({ entry: stored[at] as ReadPrompt, similarity }))
      .find(({ entry, similarity }) => isHit(entry, asked, similarity));
    if (hit) {
      count[labels.compare(hit.entry.text, text)]++;
      continue;
    }
    index.add(asked);
    stored.push(asked);
    storedGroups.add(group);
  }
  return { hits: hitsOf(count, texts.length, answerable), answerable };
}

function hitsOf(
  count: { correct: number; wrong: number; unlabelled: number },
  asked: number,
  answerable: number,
): StreamHits {
  const wrong = count.wrong + count.unlabelled;
  const hits = wrong + count.correct;
  return {
    ...count,
    wrongOfAsked: rounded(wrong / Math.max(1, asked)),
    wrongOfAskedInterval: interval(wrong, asked),
    labelledWrongOfAsked: rounded(count.wrong / Math.max(1, asked)),
    wrongOfHits: rounded(wrong / Math.max(1, hits)),
    wrongOfHitsInterval: interval(wrong, hits),
    servedOfAnswerable: rounded(count.correct / Math.max(1, answerable)),
  };
}

/** Both texts of pairs in random order, so that twins and equals meet each other in the store. */
function askedTexts(pairs: readonly PairRow[], mostAsked: number, random: () => number): string[] {
  const order = shuffled([...pairs], random);
  const texts = new Set<string>();
  for (const { a, b } of order) {
    if (texts.size + 2 > mostAsked) break;
    texts.add(a).add(b);
  }
  return shuffled([...texts], random);
}

function shuffled<Item>(items: Item[], random: () => number): Item[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [items[index], items[other]] = [items[other] as Item, items[index] as Item];
  }
  return items;
}

/** What is known of any two texts: equal by a chain of pairs, different by a pair, or nothing. */
class Labels {
  readonly #parents = new Map<string, string>();
  readonly #different = new Set<string>();

  constructor(pairs: readonly PairRow[]) {
    for (const { a, b, same } of pairs) if (same) this.#parents.set(this.groupOf(a), this.groupOf(b));
    for (const { a, b, same } of pairs) if (!same) this.#different.add(`${a}\n${b}`).add(`${b}\n${a}`);
  }

  groupOf(text: string): string {
    let root = text;
    for (let next = this.#parents.get(root); next !== undefined && next !== root; next = this.#parents.get(root))
      root = next;
    return root;
  }

  compare(stored: string, asked: string): "correct" | "wrong" | "unlabelled" {
    if (this.#different.has(`${stored}\n${asked}`)) return "wrong";
    return this.groupOf(stored) === this.groupOf(asked) ? "correct" : "unlabelled";
  }
}
