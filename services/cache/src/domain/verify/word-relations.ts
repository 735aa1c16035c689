/** What is known of two roots beyond lists of synonyms. Both answers are the same whichever root comes first. */
export interface WordRelations {
  /** One stands for the other in many questions, not in all. */
  near(a: string, b: string): boolean;
  /** Two of one field whose answers differ: "savings" and "checking". */
  far(a: string, b: string): boolean;
}

/** Relations as the weights hold them: a root, then those it is related to, a line each. */
export interface RelationLists {
  readonly near: readonly string[];
  readonly far: readonly string[];
}

export const noRelations: WordRelations = { near: () => false, far: () => false };

/** Reads the lists of the weights. */
export function readRelations({ near, far }: RelationLists): WordRelations {
  const [nearOf, farOf] = [readLines(near), readLines(far)];
  return {
    near: (a, b) => nearOf.get(a)?.has(b) === true || nearOf.get(b)?.has(a) === true,
    far: (a, b) => farOf.get(a)?.has(b) === true || farOf.get(b)?.has(a) === true,
  };
}

function readLines(lines: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    lines.map((line) => {
      const [root = "", ...others] = line.split(" ");
      return [root, new Set(others)];
    }),
  );
}
