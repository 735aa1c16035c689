import type { CalibrationStep } from "../src/domain/model/model-format.ts";

/** One judgement: the winner's share of the softmax, whether it was right, how much it counts. */
export interface Judged {
  readonly share: number;
  readonly right: boolean;
  readonly weight: number;
}

/** The chance of being right by share: isotonic regression (pool adjacent violators) over `bins` bins of equal weight. */
export function calibrate(judged: readonly Judged[], bins: number): CalibrationStep[] {
  const sorted = judged.toSorted((a, b) => a.share - b.share);
  const whole = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const pools: { share: number; right: number; weight: number }[] = [];
  let open = { share: 0, right: 0, weight: 0 };
  for (const { share, right, weight } of sorted) {
    open.share += share * weight;
    open.right += right ? weight : 0;
    open.weight += weight;
    if (open.weight < whole / bins) continue;
    pools.push(open);
    open = { share: 0, right: 0, weight: 0 };
  }
  for (let at = 1; at < pools.length; ) {
    const [left, right] = [pools[at - 1], pools[at]];
    if (left && right && left.right / left.weight > right.right / right.weight) {
      pools.splice(at - 1, 2, {
        share: left.share + right.share,
        right: left.right + right.right,
        weight: left.weight + right.weight,
      });
      at = Math.max(1, at - 1);
    } else at++;
  }
  return pools.map(({ share, right, weight }) => ({
    share: rounded(share / weight),
    chance: rounded(Math.min(0.99, right / weight)),
  }));
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
