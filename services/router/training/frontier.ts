/** One prompt of a set with many models; the arrays run over the same models. */
export interface Choices {
  /** Chance of a good answer by model, as predicted. */
  readonly chances: readonly number[];
  readonly scores: readonly number[];
  readonly costs: readonly number[];
}

/** Mean score and total cost over prompts. */
export interface Outcome {
  readonly score: number;
  readonly cost: number;
}

/** Takes, for each prompt, the model with the best chance less `price` times its cost as a share of the dearest mean cost. */
export function spend(prompts: readonly Choices[], price: number): Outcome {
  const unit = dearestMean(prompts);
  let score = 0;
  let cost = 0;
  for (const { chances, scores, costs } of prompts) {
    let best = 0;
    let worth = Number.NEGATIVE_INFINITY;
    for (let model = 0; model < chances.length; model++) {
      const value = (chances[model] as number) - (price * (costs[model] as number)) / unit;
      if (value > worth) [best, worth] = [model, value];
    }
    score += scores[best] as number;
    cost += costs[best] as number;
  }
  return { score: score / prompts.length, cost };
}

/** Every model alone. */
export function alone(prompts: readonly Choices[]): Outcome[] {
  return (prompts[0]?.scores ?? []).map((_, model) => ({
    score: prompts.reduce((sum, { scores }) => sum + (scores[model] as number), 0) / prompts.length,
    cost: prompts.reduce((sum, { costs }) => sum + (costs[model] as number), 0),
  }));
}

/** For each prompt the cheapest of the models with the best score: what nobody can beat. */
export function oracle(prompts: readonly Choices[]): Outcome {
  let score = 0;
  let cost = 0;
  for (const { scores, costs } of prompts) {
    let best = 0;
    for (let model = 1; model < scores.length; model++) {
      const gain = (scores[model] as number) - (scores[best] as number);
      if (gain > 0 || (gain === 0 && (costs[model] as number) < (costs[best] as number))) best = model;
    }
    score += scores[best] as number;
    cost += costs[best] as number;
  }
  return { score: score / prompts.length, cost };
}

/** Prices of cost that are tried: 0 for quality alone, and from 0.001 up by a fifth. */
export const triedPrices: readonly number[] = [0, ...Array.from({ length: 50 }, (_, step) => 0.001 * 1.2 ** step)];

/** The price with the best score, and the one that saves most at the score of the best single model. */
export function choosePrices(prompts: readonly Choices[]): { best: number; equal: number } {
  const single = Math.max(...alone(prompts).map(({ score }) => score));
  const tried = triedPrices.map((price) => ({ price, ...spend(prompts, price) }));
  const best = tried.reduce((a, b) => (b.score > a.score ? b : a));
  const equal = tried.filter(({ score }) => score >= single).reduce((a, b) => (b.cost < a.cost ? b : a), best);
  return { best: best.price, equal: equal.price };
}

function dearestMean(prompts: readonly Choices[]): number {
  return Math.max(...alone(prompts).map(({ cost }) => cost)) / prompts.length;
}
