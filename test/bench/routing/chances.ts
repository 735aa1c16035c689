import type { Odds } from "@switchyard/service-router/odds";
import type { RoutingRow } from "@switchyard/service-router/training/routing-data";
import { type Pair, tierMembers } from "@switchyard/service-router/training/sets";

/** What the odds say of every prompt of a set. */
export interface Chances {
  /** Chance of a good answer of a model. */
  chance(row: number, set: string, model: string): number;
  /** Chance of a good answer of a tier. */
  tierChance(row: number, tier: "economy" | "standard" | "premium"): number;
  /** How little the prompt resembles those that were measured, 0 to 1. */
  unlike(row: number): number;
  knows(set: string, model: string): boolean;
}

/** Reads every prompt once. */
export function chancesOf(rows: readonly RoutingRow[], odds: Odds): Chances {
  const readings = rows.map(({ prompt }) => {
    const { chances, unlike } = odds.read(prompt);
    return { chances: chances.slice(), unlike };
  });
  const headOf = (set: string, model: string) => odds.headOf(`${set}|${model}`) ?? elsewhere(odds, model);
  const at = (row: number, head: number | undefined) =>
    head === undefined ? 0.5 : (readings[row]?.chances[head] ?? 0.5);
  return {
    chance: (row, set, model) => at(row, headOf(set, model) ?? odds.headOf(`tier|${tierOf(model)}`)),
    tierChance: (row, tier) => at(row, odds.headOf(`tier|${tier}`)),
    unlike: (row) => readings[row]?.unlike ?? 1,
    knows: (set, model) => headOf(set, model) !== undefined,
  };
}

/** A model's head of whatever set it was measured on. */
const elsewhere = (odds: Odds, model: string) => {
  const name = odds.heads.find((head) => head.endsWith(`|${model}`));
  return name === undefined ? undefined : odds.headOf(name);
};

const tierOf = (model: string) =>
  tierMembers.economy.has(model) ? "economy" : tierMembers.premium.has(model) ? "premium" : "standard";

/** What sends a prompt to the strong model of a pair: by how much likelier it answers well. */
export function pairScore(chances: Chances, row: number, set: string, { strong, cheap }: Pair): number {
  const isKnown = chances.knows(set, strong) && chances.knows(set, cheap);
  return isKnown
    ? chances.chance(row, set, strong) - chances.chance(row, set, cheap)
    : chances.tierChance(row, "premium") - chances.tierChance(row, "economy");
}
