import type { Choice } from "../decide.ts";
import { byCost, noneGood, partition } from "./order.ts";
import type { Policy } from "./policy.ts";

/**
 * The fastest of the models that are expected to reach the quality target, by how long their answers have taken. One that
 * was never asked goes first, since nothing else tells how fast it is; equals go by cost.
 */
export const latencyAware: Policy = (choices, { target, latencyMs }) => {
  const { good, rest } = partition(choices);
  const times = new Map(good.map((choice): [Choice, number] => [choice, latencyMs(choice.model) ?? 0]));
  good.sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0) || byCost(a, b));
  return {
    chain: [...good, ...rest],
    reason:
      good.length > 0
        ? `fastest of ${good.length} models expected to reach the quality target of ${target}`
        : noneGood(target),
  };
};
