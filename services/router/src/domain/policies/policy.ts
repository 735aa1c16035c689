import type { CatalogueModel } from "../catalogue.ts";
import type { Choice } from "../decide.ts";
import type { Prompt } from "../request.ts";

/** What a policy knows of the request beside the models. */
export interface Occasion {
  readonly prompt: Prompt;
  /** Chance of being as good as the baseline that is wanted, 0 to 1. */
  readonly target: number;
  /** How long a model's answers usually take, in milliseconds; undefined while none is known. */
  readonly latencyMs: (model: CatalogueModel) => number | undefined;
}

/** The order in which models are asked, and why the first is first, in a sentence. */
export interface Ranking {
  readonly chain: readonly Choice[];
  readonly reason: string;
}

/**
 * Puts the models that can take a request into the order in which they are asked. It leaves none out and adds none, and the
 * same models and occasion give the same order, whatever order they come in.
 */
export type Policy = (choices: readonly Choice[], occasion: Occasion) => Ranking;
