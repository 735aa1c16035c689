import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Sensitivity, Tier } from "@switchyard/contracts/vocabulary/routing";

/** A model that can be asked, with what deciding needs to know of it. */
export interface CatalogueModel {
  readonly id: string;
  /** Where it can be asked, by rank; at least one place. */
  readonly deployments: readonly [ModelDeployment, ...ModelDeployment[]];
  readonly tier: Tier;
  /** Input and output tokens together. */
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly capabilities: ReadonlySet<string>;
  readonly maxSensitivity: Sensitivity;
  readonly prices: Prices;
  /** Ids of the models that answer in its place when it fails. */
  readonly fallbacks: readonly string[];
}

/** A model at a provider that serves it. */
export interface ModelDeployment {
  /** Id of the model. */
  readonly model: string;
  /** Key of the provider in the configuration. */
  readonly provider: string;
  /** Place in the order of preference, from 0; deployments of one rank are equal. */
  readonly rank: number;
  /** Share of the requests beside its equals. */
  readonly weight: number;
}

/** Nano-USD per token: USD per million tokens, times 1,000. */
export interface Prices {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

export interface Catalogue {
  /** Every model that has a provider with address and key, in the order of the configuration. */
  readonly models: readonly CatalogueModel[];
  readonly byId: ReadonlyMap<string, CatalogueModel>;
  /** What savings are measured against; it need not be one that can be asked. */
  readonly baseline: { readonly id: string; readonly prices: Prices };
}

/** What tokens cost, in nano-USD, rounded to the nearest one. */
export function costUsdNanos(usage: Usage, prices: Prices): bigint {
  const cached = Number(usage.cachedInputTokens);
  const fresh = Math.max(0, Number(usage.inputTokens) - cached);
  return BigInt(
    Math.round(fresh * prices.input + cached * prices.cachedInput + Number(usage.outputTokens) * prices.output),
  );
}

/** What so many fresh input and output tokens cost, in nano-USD, rounded up. */
export function priceOf(inputTokens: number, outputTokens: number, prices: Prices): bigint {
  return BigInt(Math.ceil(inputTokens * prices.input + outputTokens * prices.output));
}

const tiers: readonly Tier[] = ["TIER_UNSPECIFIED", "TIER_ECONOMY", "TIER_STANDARD", "TIER_PREMIUM"];

/** A tier's place, economy 1 to premium 3; 0 for unspecified. */
export const rankOfTier = (tier: Tier) => tiers.indexOf(tier);

const sensitivities: readonly Sensitivity[] = [
  "SENSITIVITY_PUBLIC",
  "SENSITIVITY_INTERNAL",
  "SENSITIVITY_CONFIDENTIAL",
  "SENSITIVITY_RESTRICTED",
];

/** A sensitivity's place, public 0 to restricted 3; unspecified counts as internal. */
export const rankOfSensitivity = (sensitivity: Sensitivity) =>
  sensitivity === "SENSITIVITY_UNSPECIFIED" ? 1 : sensitivities.indexOf(sensitivity);

/** The more sensitive of two, where the second only counts if it is set: it raises, and never lowers. */
export const higherSensitivity = (said: Sensitivity, found: Sensitivity): Sensitivity =>
  found !== "SENSITIVITY_UNSPECIFIED" && rankOfSensitivity(found) > rankOfSensitivity(said) ? found : said;
