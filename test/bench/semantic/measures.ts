/** One pair as one method scored it. */
export interface Scored {
  /** Orders pairs for recall: what a rule forbids stands last, as no threshold would serve it. */
  readonly score: number;
  /** Orders pairs for the area under the curve, where it is another: the probability alone. */
  readonly probability?: number;
  readonly same: boolean;
  /** What the shipped defaults would do. */
  readonly hit: boolean;
}

export interface Measures {
  readonly pairs: number;
  readonly auc: number | null;
  readonly recallAt1pct: number | null;
  readonly recallAt01pct: number | null;
  readonly recallAtPrecision95: number | null;
  readonly recallAtPrecision90: number | null;
  readonly decision: { readonly falseHitRate: number | null; readonly hitRate: number | null };
}

/** Measures a method on labelled pairs; null where there is nothing to take a share of. */
export function measure(pairs: readonly Scored[]): Measures {
  const positives = pairs.filter(({ same }) => same);
  const negatives = pairs.filter(({ same }) => !same);
  const curve = countsByScore(pairs);
  const recall = (allowed: (right: number, wrong: number) => boolean) => {
    const best = curve.reduce((most, { right, wrong }) => (allowed(right, wrong) ? Math.max(most, right) : most), 0);
    return share(best, positives.length);
  };
  return {
    pairs: pairs.length,
    auc: areaUnder(
      countsByScore(pairs.map((pair) => ({ ...pair, score: pair.probability ?? pair.score }))),
      positives.length,
      negatives.length,
    ),
    recallAt1pct: negatives.length === 0 ? null : recall((_, wrong) => wrong <= 0.01 * negatives.length),
    recallAt01pct: negatives.length === 0 ? null : recall((_, wrong) => wrong <= 0.001 * negatives.length),
    recallAtPrecision95: recall((right, wrong) => right >= 0.95 * (right + wrong)),
    recallAtPrecision90: recall((right, wrong) => right >= 0.9 * (right + wrong)),
    decision: {
      falseHitRate: share(negatives.filter(({ hit }) => hit).length, negatives.length),
      hitRate: share(positives.filter(({ hit }) => hit).length, positives.length),
    },
  };
}

interface Point {
  readonly right: number;
  readonly wrong: number;
}

/** For every score, falling, how many pairs reach it. Equal scores are one step, as no threshold tells them apart. */
function countsByScore(pairs: readonly Scored[]): Point[] {
  const sorted = pairs.toSorted((a, b) => b.score - a.score);
  const points: Point[] = [];
  let right = 0;
  let wrong = 0;
  for (const [index, { score, same }] of sorted.entries()) {
    if (same) right++;
    else wrong++;
    if (sorted[index + 1]?.score !== score) points.push({ right, wrong });
  }
  return points;
}

function areaUnder(curve: readonly Point[], positives: number, negatives: number): number | null {
  if (positives === 0 || negatives === 0) return null;
  let area = 0;
  let before: Point = { right: 0, wrong: 0 };
  for (const point of curve) {
    area += ((point.wrong - before.wrong) * (point.right + before.right)) / 2;
    before = point;
  }
  return rounded(area / positives / negatives);
}

export const share = (count: number, of: number): number | null => (of === 0 ? null : rounded(count / of));
export const rounded = (value: number): number => Number(value.toFixed(5));

/** Wilson's interval for a share, 95%. */
export function interval(count: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1];
  const z = 1.959964;
  const p = count / of;
  const centre = p + (z * z) / (2 * of);
  const spread = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [rounded(Math.max(0, (centre - spread) / scale)), rounded(Math.min(1, (centre + spread) / scale))];
}
