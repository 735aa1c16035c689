/** One of several that share a load. */
export interface Sharer {
  /** Its share beside the others, above 0. */
  readonly weight: number;
  /** What it is busy with now. */
  readonly outstanding: number;
  /** How far it is behind its share of the turns. Begins at 0; taking turns changes it. */
  credit: number;
}

/**
 * The one that gets the next request; undefined for nobody. It is the one with the lowest (outstanding + 1) / weight, counted
 * in whole rounds: a round gives the lightest one request and every other as many as it weighs more. Those in the same round
 * take turns by smooth weighted round robin, so that shares are exact also where nothing is ever outstanding at a pick;
 * compared to the fraction, the heaviest would then get everything.
 */
export function takeTurn<S extends Sharer>(sharers: readonly S[]): S | undefined {
  if (sharers.length <= 1) return sharers[0];
  const lightest = Math.min(...sharers.map(({ weight }) => weight));
  const roundOf = ({ outstanding, weight }: S) => Math.floor((outstanding * lightest) / weight);
  const round = Math.min(...sharers.map(roundOf));
  let next: S | undefined;
  let totalWeight = 0;
  for (const sharer of sharers) {
    if (roundOf(sharer) !== round) continue;
    sharer.credit += sharer.weight;
    totalWeight += sharer.weight;
    if (next === undefined || sharer.credit > next.credit) next = sharer;
  }
  if (next !== undefined) next.credit -= totalWeight;
  return next;
}
