import type { Tier } from "@switchyard/contracts/vocabulary/routing";
import { type Appraise, adequacyOf } from "../adequacy.ts";
import type { Catalogue, CatalogueModel } from "../catalogue.ts";
import type { Odds } from "./odds.ts";

const headOfTier: Readonly<Partial<Record<Tier, string>>> = {
  TIER_ECONOMY: "tier|economy",
  TIER_STANDARD: "tier|standard",
  TIER_PREMIUM: "tier|premium",
};

/** Added log-odds for each doubling of the price beside the mean of the tier, and at most. */
const shiftPerDoubling = 0.1;
const mostShift = 0.3;

/**
 * Appraises models by learned odds as far as a prompt resembles those that were measured, and by tier, task and complexity
 * as far as it does not. A model that was never measured has the odds of its tier, a little better where it costs more than
 * its tier's mean, a little worse where less.
 */
export function learnedAppraisal(odds: Odds): Appraise {
  const catalogues = new WeakMap<Catalogue, ReadonlyMap<CatalogueModel, Prior>>();
  const priorsOf = (catalogue: Catalogue) => {
    const known = catalogues.get(catalogue);
    if (known) return known;
    const priors = new Map(catalogue.models.map((model) => [model, priorOf(model, catalogue, odds)]));
    catalogues.set(catalogue, priors);
    return priors;
  };
  return (prompt, classification, catalogue) => {
    const { chances, unlike } = odds.read(prompt.userText);
    const priors = priorsOf(catalogue);
    const baselineModel = catalogue.byId.get(catalogue.baseline.id);
    const baselineHead = baselineModel && priors.get(baselineModel)?.head;
    const baseline = chances[baselineHead ?? odds.headOf("tier|premium") ?? 0] ?? 0.5;
    return (model) => {
      const table = adequacyOf(model.tier, classification);
      const prior = priors.get(model);
      const chance = prior && chances[prior.head];
      // Two of the highest tier are not told apart: what was measured of them is too little.
      if (chance === undefined || model.id === catalogue.baseline.id || model.tier === "TIER_PREMIUM") return table;
      return unlike * table + (1 - unlike) * odds.asGoodAs(chance, baseline, prior?.shift);
    };
  };
}

interface Prior {
  readonly head: number;
  /** Added to the log-odds of being as good. */
  readonly shift: number;
}

function priorOf(model: CatalogueModel, catalogue: Catalogue, odds: Odds): Prior {
  const own = odds.heads.findIndex((head) => head.slice(head.indexOf("|") + 1) === model.id);
  if (own >= 0) return { head: own, shift: 0 };
  return { head: odds.headOf(headOfTier[model.tier] ?? "tier|economy") ?? 0, shift: priceShift(model, catalogue) };
}

/** Price tells a little of ability within a tier: 0.1 of log-odds for each doubling beside the tier's mean, 0.3 at most. */
function priceShift(model: CatalogueModel, { models }: Catalogue): number {
  const logPrice = ({ prices }: CatalogueModel) => Math.log2(Math.max(1e-3, prices.input + prices.output));
  const peers = models.filter(({ tier }) => tier === model.tier);
  const mean = peers.reduce((sum, peer) => sum + logPrice(peer), 0) / Math.max(1, peers.length);
  return Math.max(-mostShift, Math.min(mostShift, shiftPerDoubling * (logPrice(model) - mean)));
}
