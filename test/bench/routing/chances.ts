import type { Odds } from "@switchyard/service-router/odds";
import type { RoutingRow } from "@switchyard/service-router/training/routing-data";
import { type Pair, tierMembers } from "@switchyard/service-router/training/sets";

/** What the odds say of every prompt of a set. */
export interface Chances {
  /** Chance of a good answer of a model. */
  chance(row: number, set: string, model: string): number;
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

/** From here on a prompt counts as unlike all that was measured. */
const unlikeFrom = 0.5;
/** Above every difference of chances. */
const strongSide = 1;

/**
 * What sends a prompt to the strong model of a pair: by how much likelier it answers well. Where nothing was measured, of the
 * models or of prompts like it, that is not guessed at: the strong model it is, all such prompts alike.
 */
export function pairScore(chances: Chances, row: number, set: string, { strong, cheap }: Pair): number {
  const isKnown = chances.knows(set, strong) && chances.knows(set, cheap) && chances.unlike(row) < unlikeFrom;
  return isKnown ? chances.chance(row, set, strong) - chances.chance(row, set, cheap) : strongSide;
}
