import {
  createVerifier,
  type PreparedPrompt,
  type Verifier,
  type VerifierWeights,
} from "@switchyard/service-cache/verify";
import { cosine, type Embedder } from "@switchyard/text";

/** A prompt as both methods need it. */
export interface ReadPrompt {
  readonly text: string;
  readonly vector: Float32Array;
  readonly prepared: PreparedPrompt;
}

export interface Judged {
  readonly cosine: number;
  readonly cosineHit: boolean;
  readonly probability: number;
  /** For ranking: a vetoed pair stands below every other one. */
  readonly score: number;
  readonly hit: boolean;
  readonly veto: string | undefined;
}

export interface RecallEngine {
  read(text: string): ReadPrompt;
  judge(stored: ReadPrompt, asked: ReadPrompt): Judged;
  /** The same with the cosine at hand. */
  judgeAt(stored: ReadPrompt, asked: ReadPrompt, similarity: number): Judged;
  readonly thresholds: { readonly verified: number; readonly cosine: number };
}

/** Embedder and verifier with the thresholds of a false-hit budget, as the cache would use them. Remembers what it read. */
export function createRecallEngine(embedder: Embedder, weights: VerifierWeights, falseHitBudget: number): RecallEngine {
  const verifier: Verifier = createVerifier(weights);
  const thresholds = {
    verified: verifier.threshold(falseHitBudget),
    cosine: verifier.cosineThreshold(falseHitBudget),
  };
  const known = new Map<string, ReadPrompt>();
  const judgeAt = (stored: ReadPrompt, asked: ReadPrompt, similarity: number): Judged => {
    const { probability, veto } = verifier.verify(stored.prepared, asked.prepared, similarity);
    return {
      cosine: similarity,
      cosineHit: similarity >= thresholds.cosine,
      probability,
      score: veto ? probability - 1 : probability,
      hit: veto === undefined && probability >= thresholds.verified,
      veto,
    };
  };
  return {
    thresholds,
    read: (text) => {
      let found = known.get(text);
      if (!found) {
        found = { text, vector: embedder.embed(text), prepared: verifier.prepare(text) };
        known.set(text, found);
      }
      return found;
    },
    judge: (stored, asked) => judgeAt(stored, asked, cosine(stored.vector, asked.vector)),
    judgeAt,
  };
}
