/** One step of a calibration table: of pairs with different answers, this share scored at least `score`. */
export interface CalibrationStep {
  readonly score: number;
  readonly falseHitRate: number;
}

/**
 * The smallest score of a table, in falling order of scores, up to which the false-hit rate keeps within the budget.
 * Above 1, so that nothing passes, where no step does.
 */
export function thresholdFor(table: readonly CalibrationStep[], falseHitBudget: number): number {
  let threshold = 1.01;
  for (const { score, falseHitRate } of table) {
    if (falseHitRate > falseHitBudget) break;
    threshold = score;
  }
  return threshold;
}
