import type { Choice } from "../decide.ts";
import { accepted, byAdequacy } from "./order.ts";
import type { Policy } from "./policy.ts";

/** A strong and a weak model, and how likely the weak one must be good enough to be asked. */
export interface TwoModels {
  readonly strong: string;
  readonly weak: string;
  /** Chance (0 to 1) of being as good as the baseline from which on the weak model is asked. */
  readonly threshold: number;
}

/**
 * RouteLLM's choice between two models: the weak one where its chance of being good enough reaches the threshold, or else
 * the strong one; then the other of the two, then all others as fallbacks. The request's quality target does not count.
 */
export function twoModel({ strong, weak, threshold }: TwoModels): Policy {
  return (choices) => {
    const weakChoice = choices.find(({ model }) => model.id === weak);
    const strongChoice = choices.find(({ model }) => model.id === strong);
    const others = choices.filter((choice) => choice !== weakChoice && choice !== strongChoice).sort(byAdequacy);
    const isWeakEnough = weakChoice !== undefined && weakChoice.candidate.adequacy >= threshold;
    const pair = isWeakEnough ? [weakChoice, strongChoice] : [strongChoice, weakChoice];
    return {
      chain: [...pair.flatMap((choice) => (choice ? [accepted(choice)] : [])), ...others],
      reason: reasonOf(weakChoice, threshold),
    };
  };
}

function reasonOf(weak: Choice | undefined, threshold: number): string {
  if (!weak) return "the weak model cannot take the request";
  const verb = weak.candidate.adequacy >= threshold ? "reaches" : "is below";
  return `the weak model's chance of being good enough ${verb} the threshold of ${threshold}`;
}
