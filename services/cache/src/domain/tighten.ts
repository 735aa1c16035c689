import type { Evidence } from "../ports.ts";

/** Smaller budgets count as this one here: with none at all no evidence could ever be outweighed. */
const smallestBudget = 1e-4;

/**
 * What a hit needs where hits were reported as wrong. Their expected share is that of a Beta distribution: as many hits as
 * make the budget come true with one wrong (100 for 1%) are presumed, and the evidence is added. Where it is k times the
 * budget, the gap between what is needed and certainty shrinks to one k-th; good hits widen it again, up to where it was.
 */
export function tightened(needed: number, { bad, hits }: Evidence, falseHitBudget: number): number {
  if (bad === 0) return needed;
  const budget = Math.max(falseHitBudget, smallestBudget);
  const expectedShare = (1 + bad) / (1 / budget + Math.max(hits, bad));
  return 1 - (1 - needed) * Math.min(1, budget / expectedShare);
}
