import type { Config, ModelConfig } from "./schema.ts";

/** A model of the catalogue at the provider that serves it. */
export interface Deployment {
  readonly model: ModelConfig;
  /** Key of the provider in `providers`. */
  readonly provider: string;
  /** The provider as telemetry names it: its configured name, or else its key. */
  readonly providerName: string;
  /** The model as the provider names it. */
  readonly upstreamModel: string;
}

/** The models that can be served, by id: each at the first of its providers that has an address and at least one key. */
export function deploymentsOf(config: Config): ReadonlyMap<string, Deployment> {
  const deployments = new Map<string, Deployment>();
  for (const model of config.models) {
    const provider = model.providers.find((key) => canServe(config, key));
    if (provider === undefined) continue;
    deployments.set(model.id, {
      model,
      provider,
      providerName: config.providers[provider]?.name ?? provider,
      upstreamModel: model.upstreamModel ?? model.id,
    });
  }
  return deployments;
}

function canServe(config: Config, key: string): boolean {
  const provider = config.providers[key];
  return provider?.baseUrl !== undefined && provider.keys.some((secret) => secret !== undefined);
}
