import type { Tokens } from "../log/logged-request.ts";
import { costOf, type PricedModel, type Prices } from "./price-list.ts";

/** A sampled request and the model that the policy gives it. */
export interface DecidedSample {
  readonly tokens: Tokens;
  readonly model: PricedModel;
}

/** All requests that the samples stand for. */
export interface Population {
  readonly requests: number;
  readonly tokens: Tokens;
}

/** What requests would cost, and how sure that is. */
export interface CostEstimate {
  readonly costUsdNanos: number;
  /** Variance of the estimate; 0 where every request was sampled. */
  readonly variance: number;
}

const kinds: readonly (keyof Tokens)[] = ["fresh", "cached", "output"];

/**
 * What a population costs at the prices of the models that its samples got: for each kind of token, the population's exact count at
 * the mean price of that kind over the samples, weighed by their tokens. Samples must be a fair choice of at least one request.
 */
export function estimateCost(samples: readonly DecidedSample[], population: Population): CostEstimate {
  const prices = meanPrices(samples);
  const sampled = addUp(samples.map(({ tokens }) => tokens));
  const scale = Object.fromEntries(
    kinds.map((kind) => [kind, sampled[kind] === 0 ? 0 : population.tokens[kind] / sampled[kind]]),
  ) as unknown as Tokens;
  // By how much each sample differs from what the mean prices say of it, scaled to the population.
  const squares = samples.reduce((sum, { tokens, model }) => {
    const off = kinds.reduce((all, kind) => all + scale[kind] * tokens[kind] * (model.prices[kind] - prices[kind]), 0);
    return sum + off ** 2;
  }, 0);
  const size = samples.length;
  const unsampled = Math.max(0, 1 - size / population.requests);
  return {
    costUsdNanos: costOf(population.tokens, prices),
    variance: size < 2 ? 0 : unsampled * (size / (size - 1)) * squares,
  };
}

function meanPrices(samples: readonly DecidedSample[]): Prices {
  const mean = (kind: keyof Tokens) => {
    const tokens = samples.reduce((sum, sample) => sum + sample.tokens[kind], 0);
    // Where the samples have no such tokens, each counts the same.
    const weightOf = (sample: DecidedSample) => (tokens === 0 ? 1 / samples.length : sample.tokens[kind] / tokens);
    return samples.reduce((sum, sample) => sum + weightOf(sample) * sample.model.prices[kind], 0);
  };
  return { fresh: mean("fresh"), cached: mean("cached"), output: mean("output") };
}

/** Tokens added up. */
export function addUp(all: readonly Tokens[]): Tokens {
  return all.reduce(
    (sum, { fresh, cached, output }) => ({
      fresh: sum.fresh + fresh,
      cached: sum.cached + cached,
      output: sum.output + output,
    }),
    { fresh: 0, cached: 0, output: 0 },
  );
}
