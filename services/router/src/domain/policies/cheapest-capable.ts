import { accepted, byCost } from "./order.ts";
import type { Policy } from "./policy.ts";

/** The cheapest model that can take the request at all, whatever the quality target. */
export const cheapestCapable: Policy = (choices) => ({
  chain: choices.map(accepted).sort(byCost),
  reason: `cheapest of ${choices.length} models that can take the request`,
});
