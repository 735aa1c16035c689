import type { HashedFeatures } from "@switchyard/text";
import { type CalibrationStep, type ClassifierModel, scaleOfByte } from "./model-format.ts";

/** Scores a sparse vector by a model. Made once and used again: the scores it returns hold until the next call. */
export function createScorer({
  header,
  weights,
  scaleBytes,
}: ClassifierModel): (features: HashedFeatures) => Float64Array {
  const width = header.columns.length;
  const featureScales = Float64Array.from(scaleBytes, scaleOfByte);
  const scales = Float64Array.from(header.columns, ({ scale }) => scale);
  const biases = Float64Array.from(header.columns, ({ bias }) => bias);
  const scores = new Float64Array(width);
  // So that four columns can be read from the last row's last ones, too.
  const padded = new Int8Array(weights.length + 3);
  padded.set(weights);
  const scaled = new Float64Array(1 << 13);
  return ({ ids, values, size }) => {
    const used = Math.min(size, scaled.length);
    for (let at = 0; at < used; at++) {
      scaled[at] = (values[at] as number) * (featureScales[ids[at] as number] as number);
    }
    // Four columns at a time: their sums then stay in registers.
    for (let column = 0; column < width; column += 4) {
      let [first, second, third, fourth] = [0, 0, 0, 0];
      for (let at = 0; at < used; at++) {
        const index = (ids[at] as number) * width + column;
        const value = scaled[at] as number;
        first += value * (padded[index] as number);
        second += value * (padded[index + 1] as number);
        third += value * (padded[index + 2] as number);
        fourth += value * (padded[index + 3] as number);
      }
      scores[column] = first;
      scores[column + 1] = second;
      scores[column + 2] = third;
      scores[column + 3] = fourth;
    }
    for (let column = 0; column < width; column++) {
      scores[column] = (scores[column] as number) * (scales[column] as number) + (biases[column] as number);
    }
    return scores;
  };
}

/** The highest of the first `count` scores, and its share of their softmax. */
export function winnerOf(scores: Float64Array, count: number): { readonly index: number; readonly share: number } {
  let index = 0;
  for (let k = 1; k < count; k++) if ((scores[k] as number) > (scores[index] as number)) index = k;
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp((scores[k] as number) - (scores[index] as number));
  return { index, share: 1 / sum };
}

/** The chance that a share of the softmax stands for, by straight lines between the steps. */
export function calibrated(share: number, steps: readonly CalibrationStep[]): number {
  let lower: CalibrationStep = { share: 0, chance: steps[0]?.chance ?? share };
  for (const step of steps) {
    if (share <= step.share) {
      const width = step.share - lower.share;
      const part = width === 0 ? 1 : (share - lower.share) / width;
      return lower.chance + part * (step.chance - lower.chance);
    }
    lower = step;
  }
  return lower.chance;
}
