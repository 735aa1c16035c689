import type { CalibrationStep } from "../src/domain/verify/calibration.ts";

export interface ScoredPair {
  readonly score: number;
  readonly cosine: number;
  readonly vetoed: boolean;
  readonly same: boolean;
  /** Kinds of data count alike, however many pairs each has. */
  readonly group: string;
}

const steps = 400;

/**
 * For falling scores, which share of the pairs that differ would be a hit: the mean over the worse half of the kinds of data, as an
 * operator's traffic may be of any kind and the budget is a promise.
 */
export function calibrate(pairs: readonly ScoredPair[]): { verified: CalibrationStep[]; cosine: CalibrationStep[] } {
  const different = pairs.filter(({ same }) => !same);
  return {
    verified: table(different.map(({ score, vetoed, group }) => ({ score: vetoed ? -1 : score, group }))),
    cosine: table(different.map(({ cosine, group }) => ({ score: cosine, group }))),
  };
}

function table(scores: readonly { score: number; group: string }[]): CalibrationStep[] {
  const groups = [...Map.groupBy(scores, ({ group }) => group).values()].map((rows) =>
    Float64Array.from(rows, ({ score }) => score).sort(),
  );
  const found: CalibrationStep[] = [];
  for (let step = 0; step < steps; step++) {
    const score = 1 - step / steps;
    const shares = groups.map((sorted) => shareFrom(sorted, score));
    const worse = shares.sort((a, b) => b - a).slice(0, Math.ceil(shares.length / 2));
    const falseHitRate = worse.reduce((sum, share) => sum + share, 0) / worse.length;
    found.push({ score: Number(score.toFixed(4)), falseHitRate: Number(falseHitRate.toFixed(5)) });
    if (falseHitRate > 0.25) break;
  }
  return found;
}

function shareFrom(sorted: Float64Array, score: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < score) low = middle + 1;
    else high = middle;
  }
  return (sorted.length - low) / sorted.length;
}
