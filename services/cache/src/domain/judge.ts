import { canonicalWords } from "@switchyard/text";
import { boundedMap } from "./bounded-map.ts";
import { numbersOf, type PreparedPrompt, type Verifier } from "./verify/index.ts";

export interface JudgeRules {
  /** What decides on a candidate. */
  readonly mode: "verified" | "cosine";
  /** Share of wrong candidates that may pass. */
  readonly falseHitBudget: number;
  /** Least cosine of a hit where the cosine alone decides. */
  readonly minCosine: number;
}

/** Decides whether the answer to one text is right for another. */
export interface Judge {
  /** The likelihood that a hit needs. */
  readonly needed: number;
  /** Where it is not the same text, a rule forbids every hit; empty where none does by what stands in one text alone. */
  markOf(text: string): string;
  /** How likely the answer is right, on the scale of `needed`; undefined where a rule forbids it. */
  likelihood(stored: string, asked: string, cosine: number): number | undefined;
}

/** Texts kept in the form in which they are compared, in UTF-16 code units: some 30 MB of memory. */
const mostPreparedCharacters = 500_000;

/** A judge by the verifier, or by the cosine alone. */
export function createJudge({ mode, falseHitBudget, minCosine }: JudgeRules, verifier: Verifier): Judge {
  if (mode === "cosine") {
    return { needed: minCosine, markOf: () => "", likelihood: (_stored, _asked, cosine) => cosine };
  }
  const prepared = boundedMap<PreparedPrompt>(mostPreparedCharacters, (text) => text.length);
  const prepare = (text: string) => prepared.getOrMake(text, () => verifier.prepare(text));
  return {
    needed: verifier.threshold(falseHitBudget),
    markOf: (text) => numbersOf(canonicalWords(text)).join(" "),
    likelihood: (stored, asked, cosine) => verifier.likelihood(prepare(stored), prepare(asked), cosine),
  };
}
