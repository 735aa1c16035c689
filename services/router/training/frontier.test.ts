import { describe, expect, it } from "vitest";
import { alone, type Choices, choosePrices, oracle, spend } from "./frontier.ts";

/** A cheap model that is right on every other prompt and a dear one that is always right; the chances know which. */
const prompts: readonly Choices[] = [0, 1, 0, 1].map((cheap) => ({
  chances: [cheap === 1 ? 0.9 : 0.2, 0.9],
  scores: [cheap, 1],
  costs: [1, 10],
}));

describe("the frontier", () => {
  it("asks the likeliest model where cost has no price, and the cheapest where it has a high one", () => {
    expect(spend(prompts, 10)).toEqual({ score: 0.5, cost: 4 });
    expect(spend(prompts, 0.1)).toEqual({ score: 1, cost: 22 });
  });

  it("is bounded by the oracle, and the single models are on their own", () => {
    expect(oracle(prompts)).toEqual({ score: 1, cost: 22 });
    expect(alone(prompts)).toEqual([
      { score: 0.5, cost: 4 },
      { score: 1, cost: 40 },
    ]);
  });

  it("finds the price that saves most at the score of the best single model", () => {
    expect(spend(prompts, choosePrices(prompts).equal)).toEqual({ score: 1, cost: 22 });
  });
});
