import { structureSize } from "./structure.ts";

/** Regression trees that judge anew what the linear heads of one set say, all models of the set by the same trees. */
export interface TreeGroup {
  /** Heads that the trees judge, each with words of its own. */
  readonly heads: readonly number[];
  /** Places of the strong and the cheap model among the heads, whose differences are inputs. */
  readonly pair: readonly [number, number];
  /** Mean score of each head: what the trees add to. */
  readonly means: readonly number[];
  readonly depth: number;
  /** Input that each node looks at, -1 where it sends all to the left; 2^depth - 1 nodes a tree, level by level. */
  readonly inputs: readonly number[];
  /** From this value of the input on it goes to the right. */
  readonly thresholds: readonly number[];
  /** What is added to each head; 2^depth leaves a tree. */
  readonly leaves: readonly number[];
}

/** Numbers that the trees of a group look at. */
export const treeInputCount = (heads: number): number => 2 * heads + 3 + structureSize;

/** What is known of a prompt before the trees; both by the place of a head in its group. */
export interface LinearJudgement {
  /** Score by the head's own words. */
  readonly own: ArrayLike<number>;
  /** Chance by what all heads share. */
  readonly shared: ArrayLike<number>;
}

/** Writes the inputs of the trees: the linear judgements, their differences over the pair, what the prompt looks like. */
export function writeTreeInputs(
  { own, shared }: LinearJudgement,
  heads: number,
  [strong, cheap]: readonly [number, number],
  structure: ArrayLike<number>,
  into: Float32Array,
): void {
  for (let place = 0; place < heads; place++) {
    into[place] = own[place] as number;
    into[heads + place] = shared[place] as number;
  }
  const ownGap = (own[strong] as number) - (own[cheap] as number);
  const sharedGap = (shared[strong] as number) - (shared[cheap] as number);
  into[2 * heads] = ownGap;
  into[2 * heads + 1] = sharedGap;
  into[2 * heads + 2] = (ownGap + sharedGap) / 2;
  for (let part = 0; part < structureSize; part++) into[2 * heads + 3 + part] = structure[part] as number;
}

/** Makes a judge of a group's prompts: writes the chance of each head, by its place, into `into`. */
export function createTreeJudge(group: TreeGroup): (inputs: Float32Array, into: Float64Array) => void {
  const { depth, means } = group;
  const count = means.length;
  const nodes = (1 << depth) - 1;
  const trees = group.inputs.length / nodes;
  const looksAt = Uint8Array.from(group.inputs, (input) => Math.max(0, input));
  const thresholds = Float64Array.from(group.thresholds, (threshold, at) =>
    (group.inputs[at] as number) < 0 ? Number.POSITIVE_INFINITY : threshold,
  );
  const leaves = Float64Array.from(group.leaves);
  return (inputs, into) => {
    for (let place = 0; place < count; place++) into[place] = means[place] as number;
    for (let tree = 0; tree < trees; tree++) {
      const node = tree * nodes;
      let leaf = 0;
      for (let level = 0; level < depth; level++) {
        const at = node + (1 << level) - 1 + leaf;
        leaf = 2 * leaf + ((inputs[looksAt[at] as number] as number) >= (thresholds[at] as number) ? 1 : 0);
      }
      const from = ((tree << depth) + leaf) * count;
      for (let place = 0; place < count; place++) {
        into[place] = (into[place] as number) + (leaves[from + place] as number);
      }
    }
  };
}
