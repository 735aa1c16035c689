import { structureSize } from "../src/domain/odds/structure.ts";
import { createTreeJudge, type TreeGroup, treeInputCount, writeTreeInputs } from "../src/domain/odds/trees.ts";
import type { Examples } from "./examples.ts";
import { growTrees, type Orchard, type TreeSettings } from "./grow-trees.ts";
import { setOf } from "./routing-data.ts";
import { pairsOfSet } from "./sets.ts";
import type { TrainingSet } from "./training-set.ts";

/** Linear judgements of all rows, each by a net that had not seen its question. */
export interface Judgements {
  /** Rows x heads. */
  readonly shared: Float64Array;
  /** Rows x own heads. */
  readonly own: Float64Array;
}

/**
 * The sets that get trees, and how many seeds their trees are grown from. By cross-validation trees help on these; on the
 * maths questions, which are few, and on MMLU-Pro the linear judgements alone are as good or better.
 */
const setsWithTrees: ReadonlyMap<string, { readonly seeds: number }> = new Map([
  ["mmlu", { seeds: 3 }],
  ["llmrouter", { seeds: 2 }],
]);

const treeSettings: Omit<TreeSettings, "seed"> = {
  ...{ trees: 120, depth: 3, rate: 0.04, rowShare: 0.5, inputShare: 0.25, prior: 30, fewestRows: 20 },
};

/** What trees of one set are grown from. */
export interface TreePlot {
  readonly set: string;
  readonly heads: readonly number[];
  readonly pair: readonly [number, number];
  readonly seeds: number;
  /** Numbers of the set's rows. */
  readonly rows: readonly number[];
  /** Rows x inputs. */
  readonly inputs: Float32Array;
}

/** Lays out, for each set with trees, what they are grown from. */
export function plotsOf(
  { rows, heads }: TrainingSet,
  examples: Examples,
  { shared, own }: Judgements,
  ownHeads: readonly number[],
): TreePlot[] {
  return [...setsWithTrees].flatMap(([set, { seeds }]) => {
    const known = [...rows.keys()].filter((row) => setOf(rows[row] as TrainingSet["rows"][number]) === set);
    const chosen = ownHeads.filter((head) => (heads[head] as string).startsWith(`${set}|`));
    const placeOf = (model: string) => chosen.findIndex((head) => heads[head] === `${set}|${model}`);
    const [pair] = pairsOfSet.get(set) ?? [];
    if (!pair || known.length === 0) return [];
    const places: [number, number] = [placeOf(pair.strong), placeOf(pair.cheap)];
    const width = treeInputCount(chosen.length);
    const inputs = new Float32Array(known.length * width);
    for (const [index, row] of known.entries()) {
      const linear = {
        own: chosen.map((head) => own[row * ownHeads.length + ownHeads.indexOf(head)] as number),
        shared: chosen.map((head) => shared[row * heads.length + head] as number),
      };
      const structure = examples.structure.subarray(row * structureSize, (row + 1) * structureSize);
      writeTreeInputs(linear, chosen.length, places, structure, inputs.subarray(index * width, (index + 1) * width));
    }
    return [{ set, heads: chosen, pair: places, seeds, rows: known, inputs }];
  });
}

/** Grows the trees of a plot on the rows that `isSeen` lets through. */
export function growGroup(plot: TreePlot, { labels }: TrainingSet, isSeen: (row: number) => boolean): TreeGroup {
  const width = treeInputCount(plot.heads.length);
  const seen = [...plot.rows.keys()].filter((index) => isSeen(plot.rows[index] as number));
  const inputs = new Float32Array(seen.length * width);
  const scores = new Float32Array(seen.length * plot.heads.length).fill(Number.NaN);
  for (const [index, place] of seen.entries()) {
    inputs.set(plot.inputs.subarray(place * width, (place + 1) * width), index * width);
    for (const [head, score] of labels.outcomes[plot.rows[place] as number] ?? []) {
      const at = plot.heads.indexOf(head);
      if (at >= 0) scores[index * plot.heads.length + at] = score;
    }
  }
  const orchard: Orchard = {
    ...{ rows: seen.length, inputs, inputCount: width, scores, headCount: plot.heads.length },
    goals: goalsOf(plot),
  };
  const grown = Array.from({ length: plot.seeds }, (_, seed) => growTrees(orchard, { ...treeSettings, seed }));
  return {
    heads: plot.heads,
    pair: plot.pair,
    means: rounded(grown[0]?.means ?? []),
    depth: treeSettings.depth,
    inputs: grown.flatMap((one) => one.inputs),
    thresholds: grown.flatMap((one) => one.thresholds.map(roundedDown)),
    leaves: rounded(grown.flatMap((one) => one.leaves.map((leaf) => leaf / plot.seeds))),
  };
}

/** The gap of the pair; among many models also how each stands beside their mean. */
function goalsOf({ heads, pair: [strong, cheap] }: TreePlot): number[][] {
  const gap = heads.map((_, place) => (place === strong ? 1 : place === cheap ? -1 : 0));
  if (heads.length === 2) return [gap];
  const beside = heads.map((_, place) => heads.map((__, other) => (other === place ? 1 : 0) - 1 / heads.length));
  return [...beside, gap];
}

const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1e5) / 1e5);

/** Thresholds are values that occur, and what reaches one goes to the right: rounded up, it would send them to the left. */
const roundedDown = (value: number): number => Math.floor(value * 1e5) / 1e5;

/** Writes what trees say of the rows of their plot that `isAsked` lets through into `chances`, rows x heads. */
export function judgeRows(
  plot: TreePlot,
  group: TreeGroup,
  isAsked: (row: number) => boolean,
  headCount: number,
  chances: Float64Array,
): void {
  const judge = createTreeJudge(group);
  const width = treeInputCount(plot.heads.length);
  const judged = new Float64Array(plot.heads.length);
  for (const [index, row] of plot.rows.entries()) {
    if (!isAsked(row)) continue;
    judge(plot.inputs.subarray(index * width, (index + 1) * width), judged);
    for (const [place, head] of plot.heads.entries()) chances[row * headCount + head] = judged[place] as number;
  }
}
