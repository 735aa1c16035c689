import { type Alignment, align } from "./alignment.ts";
import { type CalibrationStep, thresholdFor } from "./calibration.ts";
import { featureNames, pairFeatures } from "./pair-features.ts";
import { type PreparedPrompt, preparePrompt } from "./prepared-prompt.ts";
import { sumOfTrees, type Trees } from "./trees.ts";
import { findVeto, type Veto } from "./vetoes.ts";
import { type RelationLists, readRelations } from "./word-relations.ts";

/** What `train-verifier.ts` writes. */
export interface VerifierWeights {
  readonly version: string;
  /** Names of the features in the order of the trees; must be those of this code. */
  readonly features: readonly string[];
  readonly trees: Trees;
  /** Stems seen in training, by how rare they are: a list a level, words apart by a space, most frequent first. */
  readonly vocabulary: readonly { readonly rarity: number; readonly stems: string }[];
  readonly relations: RelationLists;
  /** False hits by probability for the verifier, and by cosine for the plain mode. */
  readonly calibration: { readonly verified: readonly CalibrationStep[]; readonly cosine: readonly CalibrationStep[] };
}

export interface Verdict {
  /** That the stored answer is right for the new prompt, as the score has it: no hit where a veto stands, however likely. */
  readonly probability: number;
  /** The rule, where one does. */
  readonly veto: Veto | undefined;
}

export interface Verifier {
  readonly version: string;
  prepare(text: string): PreparedPrompt;
  /** How likely it is that an answer to `stored` is right for `asked`, whose vectors have this cosine. */
  verify(stored: PreparedPrompt, asked: PreparedPrompt, cosine: number): Verdict;
  /** The probability without the score of pairs that a rule forbids: for those it is undefined. */
  likelihood(stored: PreparedPrompt, asked: PreparedPrompt, cosine: number): number | undefined;
  /** The probability that a hit needs so that at most this share of wrong candidates passes. */
  threshold(falseHitBudget: number): number;
  /** The same where the cosine alone decides. */
  cosineThreshold(falseHitBudget: number): number;
}

/** What a veto takes from the score, so that probabilities still rank: a hit it forbids in any case. */
const logOddsOfVeto = 1.5;

/** A verifier over trained weights. Throws RangeError where they were trained on other features. */
export function createVerifier(weights: VerifierWeights): Verifier {
  if (weights.features.join() !== featureNames.join()) throw new RangeError("verifier weights are of other features");
  const rarities = new Map<string, number>();
  for (const { rarity, stems } of weights.vocabulary) for (const stem of stems.split(" ")) rarities.set(stem, rarity);
  const rarityOf = (stem: string) => rarities.get(stem) ?? 1;
  const relations = readRelations(weights.relations);
  const scoreOf = (stored: PreparedPrompt, asked: PreparedPrompt, alignment: Alignment, cosine: number) =>
    sumOfTrees(weights.trees, pairFeatures(stored, asked, alignment, cosine));
  return {
    version: weights.version,
    prepare: (text) => preparePrompt(text, rarityOf),
    verify: (stored, asked, cosine) => {
      const alignment = align(stored, asked, relations);
      const veto = findVeto(stored, asked, alignment);
      const score = scoreOf(stored, asked, alignment, cosine);
      return { probability: probabilityOf(veto ? score - logOddsOfVeto : score), veto };
    },
    likelihood: (stored, asked, cosine) => {
      const alignment = align(stored, asked, relations);
      if (findVeto(stored, asked, alignment) !== undefined) return undefined;
      return probabilityOf(scoreOf(stored, asked, alignment, cosine));
    },
    threshold: (budget) => thresholdFor(weights.calibration.verified, budget),
    cosineThreshold: (budget) => thresholdFor(weights.calibration.cosine, budget),
  };
}

const probabilityOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
