import type { Choice } from "../decide.ts";
import type { Prompt } from "../request.ts";
import { hashOf, mixed } from "../stable-hash.ts";
import { byCost, noneGood, partition } from "./order.ts";
import type { Policy } from "./policy.ts";

/**
 * Spreads requests over the models that are expected to reach the quality target, by weight; a model without one has 1. The
 * same caller with the same prompt gets the same model, and a weight that changes moves only the share that it must.
 */
export function weighted(weights: ReadonlyMap<string, number>): Policy {
  return (choices, { prompt, target }) => {
    const { good, rest } = partition(choices);
    const seed = hashOf(keyOf(prompt));
    const draws = new Map(good.map((choice): [Choice, number] => [choice, draw(choice, seed, weights)]));
    good.sort((a, b) => (draws.get(a) ?? 0) - (draws.get(b) ?? 0) || byCost(a, b));
    return {
      chain: [...good, ...rest],
      reason:
        good.length > 0
          ? `drawn by weight from ${good.length} models expected to reach the quality target of ${target}`
          : noneGood(target),
    };
  };
}

const keyOf = ({ caller, systemText, userText }: Prompt) =>
  `${caller.tenant}\n${caller.user}\n${systemText}\n${userText}`;

/** Weighted rendezvous hashing: the smallest of these numbers is a model's with a chance of its weight's share. */
function draw({ model }: Choice, seed: number, weights: ReadonlyMap<string, number>): number {
  const weight = weights.get(model.id) ?? 1;
  const chance = (mixed(hashOf(model.id, seed)) + 0.5) / 2 ** 32;
  return weight <= 0 ? Number.POSITIVE_INFINITY : -Math.log(chance) / weight;
}
