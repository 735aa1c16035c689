import type { Trees } from "../src/domain/verify/trees.ts";

export interface TreeOptions {
  readonly rounds: number;
  readonly depth: number;
  readonly rate: number;
  /** Least sum of second derivatives in a leaf. */
  readonly leastWeight: number;
  readonly penalty: number;
  /** By feature: 1 or -1 where the score may only rise or fall with it, 0 where it is free. */
  readonly directions: readonly number[];
}

export interface TrainingRow {
  readonly values: ArrayLike<number>;
  readonly label: 0 | 1;
  readonly weight: number;
}

const binCount = 48;

/** Gradient boosting with the logistic loss on histograms; deterministic. */
export function trainTrees(rows: readonly TrainingRow[], options: TreeOptions): Trees {
  const limits = options.directions.map((_, feature) => binLimits(rows, feature));
  const bins = limits.map((edges, feature) =>
    Uint8Array.from(rows, ({ values }) => binOf(edges, values[feature] as number)),
  );
  const positives = rows.reduce((sum, { label, weight }) => sum + label * weight, 0);
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const bias = Math.log(positives / (total - positives));
  const scores = new Float64Array(rows.length).fill(bias);
  const forest = {
    bias,
    starts: [] as number[],
    features: [] as number[],
    values: [] as number[],
    lefts: [] as number[],
  };
  const gradients = new Float64Array(rows.length);
  const curvatures = new Float64Array(rows.length);
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, { label, weight }] of rows.entries()) {
      const probability = 1 / (1 + Math.exp(-(scores[index] as number)));
      gradients[index] = (probability - label) * weight;
      curvatures[index] = Math.max(probability * (1 - probability), 1e-6) * weight;
    }
    growTree({ bins, limits, gradients, curvatures, scores, options }, forest);
  }
  return forest;
}

interface Growth {
  readonly bins: readonly Uint8Array[];
  readonly limits: readonly (readonly number[])[];
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
  readonly scores: Float64Array;
  readonly options: TreeOptions;
}

interface OpenNode {
  readonly node: number;
  readonly rows: Uint32Array;
  readonly depth: number;
  /** Bounds that the directions of the splits above put on the value. */
  readonly low: number;
  readonly high: number;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
  readonly left: number;
  readonly right: number;
}

function growTree(
  growth: Growth,
  forest: { starts: number[]; features: number[]; values: number[]; lefts: number[] },
): void {
  const start = forest.features.length;
  forest.starts.push(start);
  const addNode = () => {
    forest.features.push(-1);
    forest.values.push(0);
    forest.lefts.push(0);
    return forest.features.length - 1;
  };
  const all = Uint32Array.from(growth.scores, (_, index) => index);
  const open: OpenNode[] = [{ node: addNode(), rows: all, depth: 0, low: -Infinity, high: Infinity }];
  for (const { node, rows, depth, low, high } of open) {
    const split = depth < growth.options.depth ? bestSplit(growth, rows, low, high) : undefined;
    if (!split) {
      const value = clamp(leafValue(growth, rows), low, high) * growth.options.rate;
      forest.values[node] = Number(value.toPrecision(4));
      for (const row of rows) growth.scores[row] = (growth.scores[row] as number) + value;
      continue;
    }
    const bins = growth.bins[split.feature] as Uint8Array;
    forest.features[node] = split.feature;
    forest.values[node] = growth.limits[split.feature]?.[split.bin] as number;
    const left = addNode();
    const right = addNode();
    forest.lefts[node] = left;
    const direction = growth.options.directions[split.feature] as number;
    const middle = (split.left + split.right) / 2;
    open.push(
      {
        node: left,
        rows: rows.filter((row) => (bins[row] as number) <= split.bin),
        depth: depth + 1,
        low: direction < 0 ? Math.max(low, middle) : low,
        high: direction > 0 ? Math.min(high, middle) : high,
      },
      {
        node: right,
        rows: rows.filter((row) => (bins[row] as number) > split.bin),
        depth: depth + 1,
        low: direction > 0 ? Math.max(low, middle) : low,
        high: direction < 0 ? Math.min(high, middle) : high,
      },
    );
  }
}

function leafValue({ gradients, curvatures, options }: Growth, rows: Uint32Array): number {
  let gradient = 0;
  let curvature = 0;
  for (const row of rows) {
    gradient += gradients[row] as number;
    curvature += curvatures[row] as number;
  }
  return -gradient / (curvature + options.penalty);
}

function bestSplit({ bins, gradients, curvatures, options }: Growth, rows: Uint32Array, low: number, high: number) {
  const { penalty, leastWeight, directions } = options;
  let best: Split | undefined;
  for (const [feature, featureBins] of bins.entries()) {
    const gradientOf = new Float64Array(binCount);
    const curvatureOf = new Float64Array(binCount);
    let gradient = 0;
    let curvature = 0;
    for (const row of rows) {
      const bin = featureBins[row] as number;
      gradientOf[bin] = (gradientOf[bin] as number) + (gradients[row] as number);
      curvatureOf[bin] = (curvatureOf[bin] as number) + (curvatures[row] as number);
    }
    for (let bin = 0; bin < binCount; bin++) {
      gradient += gradientOf[bin] as number;
      curvature += curvatureOf[bin] as number;
    }
    const whole = gain(gradient, curvature, penalty);
    let [leftGradient, leftCurvature] = [0, 0];
    for (let bin = 0; bin < binCount - 1; bin++) {
      leftGradient += gradientOf[bin] as number;
      leftCurvature += curvatureOf[bin] as number;
      if (curvatureOf[bin] === 0 || leftCurvature < leastWeight) continue;
      if (curvature - leftCurvature < leastWeight) break;
      const rightGradient = gradient - leftGradient;
      const rightCurvature = curvature - leftCurvature;
      const left = clamp(-leftGradient / (leftCurvature + penalty), low, high);
      const right = clamp(-rightGradient / (rightCurvature + penalty), low, high);
      if ((right - left) * (directions[feature] as number) < 0) continue;
      const gained = gain(leftGradient, leftCurvature, penalty) + gain(rightGradient, rightCurvature, penalty) - whole;
      if (gained > (best?.gain ?? 1e-3)) best = { feature, bin, gain: gained, left, right };
    }
  }
  return best;
}

const gain = (gradient: number, curvature: number, penalty: number) => (gradient * gradient) / (curvature + penalty);
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Upper limits of the bins of a feature: its quantiles, each once. */
function binLimits(rows: readonly TrainingRow[], feature: number): number[] {
  const sorted = Float64Array.from(rows, ({ values }) => values[feature] as number).sort();
  const limits = new Set<number>();
  for (let bin = 1; bin < binCount; bin++) {
    limits.add(Number((sorted[Math.floor((bin * sorted.length) / binCount)] as number).toPrecision(4)));
  }
  // Rare values count, too: most flags are zero nearly everywhere.
  if (limits.size < 4)
    for (const value of new Set(sorted)) if (limits.size < binCount - 1) limits.add(Number(value.toPrecision(4)));
  return [...limits].sort((a, b) => a - b);
}

function binOf(limits: readonly number[], value: number): number {
  let bin = 0;
  while (bin < limits.length && value > (limits[bin] as number)) bin++;
  return bin;
}
