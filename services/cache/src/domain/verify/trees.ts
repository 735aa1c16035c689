/**
 * Boosted trees as flat lists, a tree after the other, its nodes in breadth-first order: the feature asked, or -1 for a leaf; the limit
 * that a smaller or equal value goes left by, or the leaf's value; the index of the left child, the right one follows it.
 */
export interface Trees {
  readonly bias: number;
  /** Where each tree begins. */
  readonly starts: readonly number[];
  readonly features: readonly number[];
  readonly values: readonly number[];
  readonly lefts: readonly number[];
}

/** The sum of the trees for one row of features: log odds. */
export function sumOfTrees({ bias, starts, features, values, lefts }: Trees, row: ArrayLike<number>): number {
  let sum = bias;
  for (const start of starts) {
    let node = start;
    let feature = features[node] as number;
    while (feature >= 0) {
      node = (lefts[node] as number) + ((row[feature] as number) <= (values[node] as number) ? 0 : 1);
      feature = features[node] as number;
    }
    sum += values[node] as number;
  }
  return sum;
}
