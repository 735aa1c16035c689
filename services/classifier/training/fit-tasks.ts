import { bucketBits } from "../src/domain/model/prompt-features.ts";
import { winnerOf } from "../src/domain/model/score-model.ts";
import { calibrate, type Judged } from "./calibrate.ts";
import type { Row } from "./rows.ts";
import { selectVocabulary } from "./select-vocabulary.ts";
import { fitSoftmax, type SoftmaxModel, type SparseRows, score } from "./softmax-regression.ts";
import { weightsOf } from "./training-rows.ts";
import { pickRows, vectorsOf } from "./vectors.ts";

/** Chosen on dev among a handful; the neighbours do within half a point as well. */
const settings = { epochs: 3, learningRate: 0.1, decay: 1e-3, smoothing: 0.05, seed: 1 } as const;

/** Rows of known task as labels and weights. */
interface Labelled {
  readonly rows: readonly Row[];
  readonly labels: Uint8Array;
  readonly weights: Float32Array;
}

export function labelled(rows: readonly Row[], tasks: readonly string[]): Labelled {
  const labels = Uint8Array.from(rows, ({ task }) => tasks.indexOf(task ?? ""));
  return { rows, labels, weights: weightsOf(rows, tasks) };
}

/** The features worth keeping: those that a model of all of them leans on most. */
export function chooseVocabulary({ rows, labels, weights }: Labelled, classes: number, most: number): Uint16Array {
  const vectors = vectorsOf(rows);
  const features = 1 << bucketBits;
  const whole = fitSoftmax(vectors, labels, weights, { ...settings, classes, features });
  return selectVocabulary(vectors, whole, features, most);
}

/** The task weights for a vocabulary. */
export function fitTasks(vectors: SparseRows, { labels, weights }: Labelled, classes: number, features: number) {
  return fitSoftmax(vectors, labels, weights, { ...settings, classes, features });
}

/**
 * How sure a share of the softmax is, on sources that the judging model has not seen: each family of sources in turn is left
 * out of the training and judged. The project's own prompts teach but are not judged: they are too much like one another.
 */
export function calibrateOnUnseenSources(
  vectors: SparseRows,
  data: Labelled,
  classes: number,
  features: number,
): { readonly steps: ReturnType<typeof calibrate>; readonly accuracy: number } {
  const judged: Judged[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const inside = numbersOf(data.rows, (row) => foldOf(row) !== fold);
    const outside = numbersOf(data.rows, (row) => foldOf(row) === fold);
    const part = pickRows(vectors, inside);
    const model = fitTasks(part, pick(data, inside), classes, features);
    judged.push(...judge(vectors, data, outside, model, classes));
  }
  const weight = judged.reduce((sum, item) => sum + item.weight, 0);
  const right = judged.reduce((sum, item) => sum + (item.right ? item.weight : 0), 0);
  return { steps: calibrate(judged, 24), accuracy: right / weight };
}

/** Sources that are alike are left out together. */
const families: readonly (readonly string[])[] = [
  ["t0"],
  ["crossed"],
  ["natinst"],
  ["llmrouter", "math", "gsm8k", "agieval", "leetcode"],
  ["clinc", "banking77", "webquestions", "chatterbot", "hh_rlhf"],
  ["gpteacher_roleplay", "writingbench", "seed_tasks"],
];
const folds = families.length;

const foldOf = ({ source }: Row) => families.findIndex((family) => family.includes(source));

const numbersOf = (rows: readonly Row[], holds: (row: Row) => boolean) =>
  rows.flatMap((row, index) => (holds(row) ? [index] : []));

const pick = ({ rows, labels, weights }: Labelled, numbers: readonly number[]): Labelled => ({
  rows: numbers.map((index) => rows[index] as Row),
  labels: Uint8Array.from(numbers, (index) => labels[index] as number),
  weights: Float32Array.from(numbers, (index) => weights[index] as number),
});

function judge(
  { starts, ids, values }: SparseRows,
  { labels, weights }: Labelled,
  numbers: readonly number[],
  model: SoftmaxModel,
  classes: number,
): Judged[] {
  const scores = new Float64Array(classes);
  return numbers.map((row) => {
    score(scores, model.weights, model.bias, ids, values, starts[row] as number, starts[row + 1] as number);
    const { index, share } = winnerOf(scores, classes);
    return { share, right: index === labels[row], weight: weights[row] as number };
  });
}
