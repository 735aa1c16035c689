import { type Measures, measure, type Scored } from "./measures.ts";
import type { PairRow } from "./read-files.ts";
import type { RecallEngine } from "./recall-engine.ts";

/** Both methods on the same pairs: the verifier's figures, and beside them those of the cosine alone. */
export type SideBySide = Measures & { readonly cosine: Measures };

export type PairsReport = SideBySide & {
  readonly sources: Readonly<Record<string, SideBySide>>;
  readonly kinds: Readonly<Record<string, SideBySide>>;
  /** Share of the pairs that each rule keeps from a hit, for the pairs that are the same and for the others. */
  readonly vetoes: Readonly<Record<string, { readonly same: number; readonly different: number }>>;
  /** Where earlier turns scope: the same figures for the last turns alone, as if the turns before were equal. */
  readonly lastTurnsOnly?: SideBySide;
};

interface Row {
  readonly pair: PairRow;
  readonly verified: Scored;
  readonly cosine: Scored;
  readonly veto: string | undefined;
}

/** Scores every pair. Prompts whose earlier turns differ by a single byte are in different scopes and never meet. */
export function benchPairs(pairs: readonly PairRow[], engine: RecallEngine): PairsReport {
  const hasContext = pairs.some(({ contextA, contextB }) => contextA.length + contextB.length > 0);
  const rows = pairs.map((pair) => judge(pair, engine, true));
  return {
    ...sideBySide(rows),
    sources: grouped(rows, ({ pair }) => pair.source),
    kinds: grouped(rows, ({ pair }) => pair.kind),
    vetoes: countVetoes(rows),
    ...(hasContext && { lastTurnsOnly: sideBySide(pairs.map((pair) => judge(pair, engine, false))) }),
  };
}

const noScope = -2;

function judge(pair: PairRow, engine: RecallEngine, scoped: boolean): Row {
  const { same } = pair;
  if (scoped && JSON.stringify(pair.contextA) !== JSON.stringify(pair.contextB)) {
    const miss = { score: noScope, same, hit: false };
    return { pair, verified: miss, cosine: miss, veto: "scope" };
  }
  const judged = engine.judge(engine.read(pair.a), engine.read(pair.b));
  return {
    pair,
    verified: { score: judged.score, probability: judged.probability, same, hit: judged.hit },
    cosine: { score: judged.cosine, same, hit: judged.cosineHit },
    veto: judged.veto,
  };
}

const sideBySide = (rows: readonly Row[]): SideBySide => ({
  ...measure(rows.map(({ verified }) => verified)),
  cosine: measure(rows.map(({ cosine }) => cosine)),
});

function grouped(rows: readonly Row[], keyOf: (row: Row) => string): Record<string, SideBySide> {
  const groups = [...Map.groupBy(rows, keyOf)].filter(([key]) => key !== "");
  return Object.fromEntries(groups.map(([key, members]) => [key, sideBySide(members)]));
}

function countVetoes(rows: readonly Row[]): PairsReport["vetoes"] {
  const counts: Record<string, { same: number; different: number }> = {};
  for (const { veto, pair } of rows) {
    counts[veto ?? "none"] ??= { same: 0, different: 0 };
    const count = counts[veto ?? "none"] as { same: number; different: number };
    if (pair.same) count.same++;
    else count.different++;
  }
  return counts;
}
