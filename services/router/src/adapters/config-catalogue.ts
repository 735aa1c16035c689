import { type Config, type Deployment, deploymentsOf, type ModelConfig } from "@switchyard/config";
import type { Sensitivity, Tier } from "@switchyard/contracts/vocabulary/routing";
import type { AccessPolicy } from "../domain/admit.ts";
import type { Catalogue, CatalogueModel, ModelDeployment, Prices } from "../domain/catalogue.ts";

const tierOf: Readonly<Record<ModelConfig["tier"], Tier>> = {
  economy: "TIER_ECONOMY",
  standard: "TIER_STANDARD",
  premium: "TIER_PREMIUM",
};

const sensitivityOf: Readonly<Record<ModelConfig["maxSensitivity"], Sensitivity>> = {
  public: "SENSITIVITY_PUBLIC",
  internal: "SENSITIVITY_INTERNAL",
  confidential: "SENSITIVITY_CONFIDENTIAL",
  restricted: "SENSITIVITY_RESTRICTED",
};

/** The models of the configuration that a provider with address and key serves. */
export function catalogueOf(config: Config): Catalogue {
  const deployments = deploymentsOf(config);
  const models = config.models.flatMap((model): CatalogueModel[] => {
    const [first, ...others] = deployments.get(model.id) ?? [];
    if (!first) return [];
    return [
      {
        id: model.id,
        deployments: [placeOf(first), ...others.map(placeOf)],
        tier: tierOf[model.tier],
        contextWindow: model.contextWindow,
        maxOutputTokens: model.maxOutputTokens,
        capabilities: new Set(model.capabilities),
        maxSensitivity: sensitivityOf[model.maxSensitivity],
        prices: pricesOf(model),
        fallbacks: model.fallbacks,
      },
    ];
  });
  const baseline = config.models.find(({ id }) => id === config.router.baselineModel);
  if (!baseline) throw new TypeError("the configuration was not validated: no baseline model");
  return {
    models,
    byId: new Map(models.map((model) => [model.id, model])),
    baseline: { id: baseline.id, prices: pricesOf(baseline) },
  };
}

const placeOf = ({ model, provider, rank, weight }: Deployment): ModelDeployment => ({
  model: model.id,
  provider,
  rank,
  weight,
});

/** USD per million tokens is 1,000 nano-USD per token. */
function pricesOf({ prices }: ModelConfig): Prices {
  return {
    input: prices.input * 1_000,
    cachedInput: (prices.cachedInput ?? prices.input) * 1_000,
    output: prices.output * 1_000,
  };
}

/** Who may call, by the configuration. */
export function accessPolicyOf({ apiKeys, anonymous }: Config): AccessPolicy {
  return {
    keys: new Map(apiKeys.map((key) => [key.sha256, { ...key, organisation: key.organisation, user: key.user }])),
    anonymous,
  };
}
