import { describe, expect, it } from "vitest";
import { economy, model, premium, prompt, standard } from "../../testing/fixtures.ts";
import type { CatalogueModel } from "../catalogue.ts";
import type { Choice } from "../decide.ts";
import type { Occasion, Policy } from "./policy.ts";

/** A choice as decide makes it. */
export function choice(of: CatalogueModel, adequacy: number, costUsdNanos: number, target = 0.9): Choice {
  return {
    model: of,
    candidate: { model: of.id, tier: of.tier, adequacy, estimatedCostUsdNanos: BigInt(costUsdNanos) },
    cost: costUsdNanos,
    prior: adequacy,
    maxOutputTokens: 1_000,
    isAdequate: adequacy >= target,
    expectedOutputTokens: 100,
  };
}

/** The occasion of a request for what is as good with a chance of 0.9. */
export function occasion(change: Partial<Occasion> = {}): Occasion {
  return { prompt: prompt(), target: 0.9, latencyMs: () => undefined, ...change };
}

/** Three models, of which the two dearer are good enough. */
export const choices: readonly Choice[] = [
  choice(economy, 0.6, 10),
  choice(standard, 0.92, 100),
  choice(premium, 0.95, 1_000),
];

/** The ids of a ranking, first choice first. */
export const ranked = (policy: Policy, from: readonly Choice[] = choices, on: Occasion = occasion()) =>
  policy(from, on).chain.map((one) => one.model.id);

/** What every policy promises. */
export function policyContract(name: string, policy: Policy): void {
  describe(`the ${name} policy, like every policy,`, () => {
    it("leaves no model out and adds none", () => {
      expect([...ranked(policy)].sort()).toEqual(choices.map((one) => one.model.id).sort());
    });

    it("gives the same order whatever order the models come in", () => {
      expect(ranked(policy, [...choices].reverse())).toEqual(ranked(policy));
    });

    it("does not change what it is given", () => {
      const given = [...choices];
      policy(given, occasion());
      expect(given).toEqual(choices);
    });

    it("says why in a sentence, also where no model is good enough", () => {
      const poor = choices.map((one) => ({ ...one, isAdequate: false }));
      for (const from of [choices, poor]) expect(policy(from, occasion()).reason).toMatch(/^\S+ .+ \S+$/);
    });

    it("takes no models and gives none", () => {
      expect(ranked(policy, [])).toEqual([]);
    });

    it("orders equals by their ids", () => {
      const equals = ["b", "a"].map((id) => choice(model(id), 0.95, 5));
      const once = ranked(policy, equals);
      expect(ranked(policy, [...equals].reverse())).toEqual(once);
    });
  });
}
