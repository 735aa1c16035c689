import { byCost, noneGood, partition } from "./order.ts";
import type { Policy } from "./policy.ts";

/** The cheapest of the models that are expected to reach the quality target; then the others, the most able first. */
export const qualityTarget: Policy = (choices, { target }) => {
  const { good, rest } = partition(choices);
  return {
    chain: [...good.sort(byCost), ...rest],
    reason:
      good.length > 0
        ? `cheapest of ${good.length} models expected to reach the quality target of ${target}`
        : noneGood(target),
  };
};
