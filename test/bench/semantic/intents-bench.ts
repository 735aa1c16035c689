import { interval, rounded } from "./measures.ts";
import { ExactIndex } from "./nearest.ts";
import type { IntentRow } from "./read-files.ts";
import type { RecallEngine } from "./recall-engine.ts";

interface Hits {
  /** Answered with the answer to a text of another intent: surely wrong. */
  readonly falseHitRate: number;
  readonly falseHitInterval: readonly [number, number];
  /** Answered with one of the same intent: right or wrong, as an intent is coarser than an answer. */
  readonly sameIntentHitRate: number;
}

export interface IntentsReport {
  readonly texts: number;
  readonly asked: number;
  readonly nearestOfSameIntent: number;
  readonly verified: Hits;
  readonly cosine: Hits;
  /** The same where only texts of other intents are stored, so that every hit is wrong. */
  readonly withoutOwnIntent: { readonly verified: Hits; readonly cosine: Hits };
}

const neighbours = 8;

/** Asks a sample of the texts against all others of the file, each text's own copy left out. */
export function benchIntents(rows: readonly IntentRow[], engine: RecallEngine, mostAsked: number): IntentsReport {
  const prompts = rows.map(({ text }) => engine.read(text));
  const index = new ExactIndex(prompts[0]?.vector.length ?? 1);
  for (const prompt of prompts) index.add(prompt);
  const step = Math.max(1, Math.floor(rows.length / mostAsked));
  const asked = rows.map((_, at) => at).filter((at) => at % step === 0);
  const open = new Counter();
  const foreign = new Counter();
  let nearestOfSameIntent = 0;
  for (const at of asked) {
    const { intent, source } = rows[at] as IntentRow;
    // Intents of another source may be the same under another name.
    const isComparable = (other: number) => other !== at && rows[other]?.source === source;
    const isOwn = (other: number) => rows[other]?.intent === intent;
    const prompt = prompts[at] as (typeof prompts)[number];
    const near = index.search(prompt.vector, neighbours, isComparable);
    if (near[0] && isOwn(near[0].index)) nearestOfSameIntent++;
    const others = index.search(prompt.vector, neighbours, (other) => isComparable(other) && !isOwn(other));
    for (const [counter, candidates] of [
      [open, near],
      [foreign, others],
    ] as const) {
      const judged = candidates.map((one) => ({
        own: isOwn(one.index),
        ...engine.judgeAt(prompts[one.index] as (typeof prompts)[number], prompt, one.similarity),
      }));
      counter.count(judged.find(({ hit }) => hit)?.own, judged.find(({ cosineHit }) => cosineHit)?.own);
    }
  }
  return {
    texts: rows.length,
    asked: asked.length,
    nearestOfSameIntent: rounded(nearestOfSameIntent / asked.length),
    ...open.report(asked.length),
    withoutOwnIntent: foreign.report(asked.length),
  };
}

class Counter {
  readonly #verified = { own: 0, other: 0 };
  readonly #cosine = { own: 0, other: 0 };

  /** Whether each method's hit was of the own intent; undefined for none. */
  count(verified: boolean | undefined, cosine: boolean | undefined): void {
    if (verified !== undefined) this.#verified[verified ? "own" : "other"]++;
    if (cosine !== undefined) this.#cosine[cosine ? "own" : "other"]++;
  }

  report(asked: number): { verified: Hits; cosine: Hits } {
    const hits = ({ own, other }: { own: number; other: number }): Hits => ({
      falseHitRate: rounded(other / asked),
      falseHitInterval: interval(other, asked),
      sameIntentHitRate: rounded(own / asked),
    });
    return { verified: hits(this.#verified), cosine: hits(this.#cosine) };
  }
}
