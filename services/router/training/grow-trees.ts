import type { TreeGroup } from "../src/domain/odds/trees.ts";
import { cutsOf } from "./cuts.ts";
import { type Random, seededRandom } from "./random.ts";

/** What trees are grown from: rows of inputs, and of each row the score of every head, NaN where there is none. */
export interface Orchard {
  readonly rows: number;
  /** Rows x inputs. */
  readonly inputs: Float32Array;
  readonly inputCount: number;
  /** Rows x heads. */
  readonly scores: Float32Array;
  readonly headCount: number;
  /** Sums over heads that splits shall tell apart, as weights by head: the gap of a pair, for one. */
  readonly goals: readonly (readonly number[])[];
}

export interface TreeSettings {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  /** Shares of the rows and of the inputs that each tree sees. */
  readonly rowShare: number;
  readonly inputShare: number;
  /** Rows that count for no change, in every leaf. */
  readonly prior: number;
  readonly fewestRows: number;
  readonly seed: number;
}

export type Grown = Pick<TreeGroup, "means" | "depth" | "inputs" | "thresholds" | "leaves">;

const bins = 32;

/**
 * Grows trees one after the other, each on what the ones before leave open of the squared error. All heads share the splits,
 * which go by the goals; each head has leaves of its own. The same seed gives the same trees.
 */
export function growTrees(orchard: Orchard, settings: TreeSettings): Grown {
  const { rows, headCount, scores } = orchard;
  const random = seededRandom(settings.seed * 104_729 + 3);
  const means = meansOf(orchard);
  const open = scores.map((score, at) => score - (means[at % headCount] as number));
  const cuts = cutsOf(orchard, bins);
  const grown = { inputs: [] as number[], thresholds: [] as number[], leaves: [] as number[] };
  for (let tree = 0; tree < settings.trees; tree++) {
    const seen = Int32Array.from({ length: rows }, (_, row) => row).filter(() => random() < settings.rowShare);
    const leafOf = split(orchard, cuts, { open, seen, random, settings }, grown);
    addLeaves({ open, seen, leafOf, headCount, settings }, grown.leaves);
  }
  return { means, depth: settings.depth, ...grown };
}

function meansOf({ rows, headCount, scores }: Orchard): number[] {
  return Array.from({ length: headCount }, (_, head) => {
    let [sum, count] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const score = scores[row * headCount + head] as number;
      if (Number.isNaN(score)) continue;
      sum += score;
      count++;
    }
    return sum / Math.max(1, count);
  });
}

interface Season {
  /** Rows x heads: what is still open of each score. */
  readonly open: Float32Array;
  readonly seen: Int32Array;
  readonly random: Random;
  readonly settings: TreeSettings;
}

type Cuts = ReturnType<typeof cutsOf>;

/** Chooses the splits of one tree, level by level; returns the leaf of every row. */
function split(
  orchard: Orchard,
  cuts: Cuts,
  { open, seen, random, settings }: Season,
  grown: { inputs: number[]; thresholds: number[] },
): Uint8Array {
  const { rows, inputCount } = orchard;
  const tried = Array.from({ length: inputCount }, (_, input) => input).filter(() => random() < settings.inputShare);
  const slopes = slopesOf(orchard, open);
  const leafOf = new Uint8Array(rows);
  for (let level = 0; level < settings.depth; level++) {
    const best = bestSplits(
      { cuts, slopes, goals: orchard.goals.length, seen, leafOf, nodes: 1 << level, settings },
      tried,
    );
    for (const { input, bin } of best) {
      grown.inputs.push(input);
      grown.thresholds.push(input < 0 ? 0 : (cuts.edges[input]?.[bin] as number));
    }
    for (let row = 0; row < rows; row++) {
      const { input, bin } = best[leafOf[row] as number] as Split;
      const isRight = input >= 0 && (cuts.binOf[input * rows + row] as number) > bin;
      leafOf[row] = 2 * (leafOf[row] as number) + (isRight ? 1 : 0);
    }
  }
  return leafOf;
}

/** Rows x goals: what is open of each goal; a head without a score leaves nothing open. */
function slopesOf({ rows, headCount, goals }: Orchard, open: Float32Array): Float32Array {
  const slopes = new Float32Array(rows * goals.length);
  for (let row = 0; row < rows; row++) {
    for (const [goal, weights] of goals.entries()) {
      let sum = 0;
      for (const [head, weight] of weights.entries()) {
        const rest = open[row * headCount + head] as number;
        if (weight !== 0 && !Number.isNaN(rest)) sum += weight * rest;
      }
      slopes[row * goals.length + goal] = sum;
    }
  }
  return slopes;
}

interface Split {
  readonly gain: number;
  /** -1: nothing is gained by any. */
  readonly input: number;
  readonly bin: number;
}

interface Level {
  readonly cuts: Cuts;
  readonly slopes: Float32Array;
  readonly goals: number;
  readonly seen: Int32Array;
  readonly leafOf: Uint8Array;
  readonly nodes: number;
  readonly settings: TreeSettings;
}

function bestSplits(level: Level, tried: readonly number[]): Split[] {
  const { cuts, slopes, goals, seen, leafOf, nodes } = level;
  const best: Split[] = Array.from({ length: nodes }, () => ({ gain: 0, input: -1, bin: 0 }));
  const sums = new Float64Array(nodes * bins * goals);
  const counts = new Float64Array(nodes * bins);
  for (const input of tried) {
    sums.fill(0);
    counts.fill(0);
    const from = input * leafOf.length;
    for (const row of seen) {
      const cell = (leafOf[row] as number) * bins + (cuts.binOf[from + row] as number);
      counts[cell] = (counts[cell] as number) + 1;
      for (let goal = 0; goal < goals; goal++) {
        const at = cell * goals + goal;
        sums[at] = (sums[at] as number) + (slopes[row * goals + goal] as number);
      }
    }
    for (let node = 0; node < nodes; node++) {
      const edges = cuts.edges[input]?.length ?? 0;
      const found = bestCut(sums, counts, { node, goals, edges, input, settings: level.settings });
      if (found.gain > (best[node] as Split).gain) best[node] = found;
    }
  }
  return best;
}

/** The cut of one input that leaves least open in one node. */
function bestCut(
  sums: Float64Array,
  counts: Float64Array,
  at: { node: number; goals: number; edges: number; input: number; settings: TreeSettings },
): Split {
  const { node, goals, edges, input } = at;
  const { prior, fewestRows } = at.settings;
  const whole = new Float64Array(goals);
  let count = 0;
  for (let bin = 0; bin < bins; bin++) {
    count += counts[node * bins + bin] as number;
    for (let goal = 0; goal < goals; goal++) {
      whole[goal] = (whole[goal] as number) + (sums[(node * bins + bin) * goals + goal] as number);
    }
  }
  const uncut = whole.reduce((sum, value) => sum + value * value, 0) / (count + prior);
  const left = new Float64Array(goals);
  let leftCount = 0;
  let best: Split = { gain: 0, input: -1, bin: 0 };
  for (let bin = 0; bin < edges; bin++) {
    leftCount += counts[node * bins + bin] as number;
    let [ofLeft, ofRight] = [0, 0];
    for (let goal = 0; goal < goals; goal++) {
      left[goal] = (left[goal] as number) + (sums[(node * bins + bin) * goals + goal] as number);
      ofLeft += (left[goal] as number) ** 2;
      ofRight += ((whole[goal] as number) - (left[goal] as number)) ** 2;
    }
    if (leftCount < fewestRows || count - leftCount < fewestRows) continue;
    const gain = ofLeft / (leftCount + prior) + ofRight / (count - leftCount + prior) - uncut;
    if (gain > best.gain) best = { gain, input, bin };
  }
  return best;
}

/** Adds the leaves of a tree, and takes what they tell off what is open. */
function addLeaves(
  tree: { open: Float32Array; seen: Int32Array; leafOf: Uint8Array; headCount: number; settings: TreeSettings },
  into: number[],
): void {
  const { open, seen, leafOf, headCount, settings } = tree;
  const sums = new Float64Array((1 << settings.depth) * headCount);
  const counts = new Float64Array(sums.length);
  for (const row of seen) {
    for (let head = 0; head < headCount; head++) {
      const rest = open[row * headCount + head] as number;
      if (Number.isNaN(rest)) continue;
      const cell = (leafOf[row] as number) * headCount + head;
      sums[cell] = (sums[cell] as number) + rest;
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  const leaves = sums.map((sum, cell) => (settings.rate * sum) / ((counts[cell] as number) + settings.prior));
  for (let row = 0; row < leafOf.length; row++) {
    for (let head = 0; head < headCount; head++) {
      const cell = (leafOf[row] as number) * headCount + head;
      open[row * headCount + head] = (open[row * headCount + head] as number) - (leaves[cell] as number);
    }
  }
  for (const leaf of leaves) into.push(leaf);
}
