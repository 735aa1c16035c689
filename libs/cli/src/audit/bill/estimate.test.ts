import { describe, expect, it } from "vitest";
import { seededRandom } from "../sketches/seeded-random.ts";
import { addUp, type DecidedSample, estimateCost } from "./estimate.ts";
import { costOf, type PricedModel } from "./price-list.ts";

const model = (id: string, fresh: number, cached: number, output: number): PricedModel => ({
  id,
  isChat: true,
  prices: { fresh, cached, output },
});
const cheap = model("cheap", 10, 10, 10);
const dear = model("dear", 2_500, 1_250, 10_000);

const trueCost = (all: readonly DecidedSample[]) =>
  all.reduce((sum, { tokens, model: { prices } }) => sum + costOf(tokens, prices), 0);
const populationOf = (all: readonly DecidedSample[]) => ({
  requests: all.length,
  tokens: addUp(all.map(({ tokens }) => tokens)),
});

describe("the estimate of a cost", () => {
  it("is exact where every request was sampled", () => {
    const all = [
      { model: cheap, tokens: { fresh: 100, cached: 0, output: 5 } },
      { model: dear, tokens: { fresh: 7, cached: 50, output: 900 } },
    ];
    const { costUsdNanos, variance } = estimateCost(all, populationOf(all));
    expect(costUsdNanos).toBeCloseTo(trueCost(all), 3);
    expect(variance).toBe(0);
  });

  it("is exact where one model takes all, whatever was sampled", () => {
    const sample = [{ model: dear, tokens: { fresh: 3, cached: 0, output: 1 } }];
    const tokens = { fresh: 1_000, cached: 200, output: 77 };
    expect(estimateCost(sample, { requests: 50, tokens }).costUsdNanos).toBeCloseTo(costOf(tokens, dear.prices), 3);
  });

  it("lies within its interval about as often as it says", () => {
    const random = seededRandom(9);
    const all = Array.from({ length: 5_000 }, () => {
      const fresh = Math.ceil(50 + 2_000 * random() ** 3);
      const chosen = random() < fresh / 1_500 ? dear : cheap;
      return { model: chosen, tokens: { fresh, cached: 0, output: Math.ceil(300 * random()) } };
    });
    const truth = trueCost(all);
    let inside = 0;
    for (let round = 0; round < 400; round++) {
      const sample = Array.from({ length: 100 }, () => all[Math.floor(random() * all.length)] as DecidedSample);
      const { costUsdNanos, variance } = estimateCost(sample, populationOf(all));
      if (Math.abs(costUsdNanos - truth) <= 1.96 * Math.sqrt(variance)) inside++;
    }
    expect(inside / 400).toBeGreaterThan(0.88);
    expect(inside / 400).toBeLessThan(0.99);
  });
});
