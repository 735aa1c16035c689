import type { ModelDeployment } from "../catalogue.ts";
import type { Fleet } from "./fleet.ts";

/**
 * Picks one of several equal deployments by weight and by how many attempts each is busy with: smooth weighted round robin
 * (as nginx does it) over weights that are divided by one more than the outstanding attempts (as Envoy's weighted least
 * request does it). So shares are exact while nothing piles up, and what answers slowly gets less.
 */
export function spread<P extends { readonly deployment: ModelDeployment }>(equals: readonly P[], fleet: Fleet): P {
  let best: P | undefined;
  let bestCredit = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const place of equals) {
    const vitals = fleet.of(place.deployment);
    const weight = place.deployment.weight / (vitals.outstanding + 1);
    vitals.credit += weight;
    total += weight;
    if (vitals.credit > bestCredit) {
      bestCredit = vitals.credit;
      best = place;
    }
  }
  if (!best) throw new TypeError("there is nothing to pick from");
  fleet.of(best.deployment).credit -= total;
  return best;
}
