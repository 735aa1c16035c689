import type { Choice } from "../decide.ts";

const byId = (a: Choice, b: Choice) => (a.model.id < b.model.id ? -1 : 1);

/** Cheapest first, by expected cost. */
export const byCost = (a: Choice, b: Choice) => a.cost - b.cost || byId(a, b);

/** Most able first, by the chance of being as good as the baseline. */
export const byAdequacy = (a: Choice, b: Choice) => b.candidate.adequacy - a.candidate.adequacy || byCost(a, b);

/** Those that are good enough, and the others, the most able first. */
export function partition(choices: readonly Choice[]): { good: Choice[]; rest: Choice[] } {
  const good: Choice[] = [];
  const rest: Choice[] = [];
  for (const choice of choices) (choice.isAdequate ? good : rest).push(choice);
  return { good, rest: rest.sort(byAdequacy) };
}

/** What is said where no model is good enough. */
export const noneGood = (target: number) =>
  `no model is expected to reach the quality target of ${target}; the most able is asked first`;

/** A choice as what was asked for, where the policy asks for nothing else. */
export const accepted = (choice: Choice): Choice => (choice.isAdequate ? choice : { ...choice, isAdequate: true });
