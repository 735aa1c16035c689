import { fitLogistic } from "./logistic-regression.ts";
import type { Row } from "./rows.ts";
import { vectorsOf } from "./vectors.ts";

/** A head for one kind of label. The kinds mean different things and are never pooled. */
export interface ComplexityHead {
  readonly name: string;
  readonly kind: string;
  /** From the label to the target, 0 to 1. */
  readonly target: (complexity: number) => number;
  readonly epochs: number;
}

export const complexityHeads: readonly ComplexityHead[] = [
  // The share of nine models that fail.
  { name: "nine_models_fail", kind: "model_success9", target: (complexity) => complexity, epochs: 4 },
  // Whether the cheap model of the pair fails: .8 where the strong one does not, 1 where it fails as well.
  { name: "cheap_model_fails", kind: "mixtral_vs_gpt4", target: (complexity) => (complexity > 0.5 ? 1 : 0), epochs: 4 },
  // From the easiest level to the hardest.
  { name: "hard_level", kind: "math_level", target: (complexity) => (complexity - 0.35) / 0.6, epochs: 4 },
];

/** Kinds of label that are outcomes of models, not opinions of people. */
const outcomeKinds = new Set<string | null>(["model_success9", "mixtral_vs_gpt4"]);

/**
 * The head that tells prompts of the kinds that outcomes were measured on from all others: where it says no, the other heads
 * know nothing. `others` are prompts without an outcome.
 */
export function fitMeasuredKind(
  rows: readonly Row[],
  others: readonly Row[],
  vocabulary: Uint16Array,
  features: number,
) {
  const measured = rows.filter(({ cx_src }) => outcomeKinds.has(cx_src));
  const sources = new Set(measured.map(({ source }) => source));
  const all = [...measured, ...others.filter(({ source }) => !sources.has(source))];
  const targets = Float32Array.from(all, (_, index) => (index < measured.length ? 1 : 0));
  const model = fitLogistic(vectorsOf(all, vocabulary), targets, {
    features,
    epochs: 2,
    learningRate: 0.05,
    decay: 1e-3,
    seed: 3,
  });
  return { name: "is_measured_kind", rows: all.length, ...model };
}

/** Weights and bias of each head, by the features of a vocabulary. */
export function fitComplexity(rows: readonly Row[], vocabulary: Uint16Array, features: number) {
  return complexityHeads.map(({ name, kind, target, epochs }) => {
    const own = rows.filter(({ cx_src }) => cx_src === kind);
    const targets = Float32Array.from(own, ({ complexity }) => target(complexity ?? 0));
    const vectors = vectorsOf(own, vocabulary);
    const model = fitLogistic(vectors, targets, { features, epochs, learningRate: 0.05, decay: 1e-3, seed: 2 });
    return { name, rows: own.length, ...model };
  });
}
