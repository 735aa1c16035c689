import type { Config, ModelConfig } from "./schema.ts";

/** A model of the catalogue at a provider that serves it. */
export interface Deployment {
  readonly model: ModelConfig;
  /** Key of the provider in `providers`. */
  readonly provider: string;
  /** The provider as telemetry names it: its configured name, or else its key. */
  readonly providerName: string;
  /** The model as the provider names it. */
  readonly upstreamModel: string;
  /** Its place in the order of preference, from 0; deployments of one rank are equal. */
  readonly rank: number;
  /** Its share of the requests beside its equals. */
  readonly weight: number;
}

/** The models that can be served, by id: each at all of its providers that have an address and at least one key. */
export function deploymentsOf(config: Config): ReadonlyMap<string, readonly [Deployment, ...Deployment[]]> {
  const deployments = new Map<string, readonly [Deployment, ...Deployment[]]>();
  for (const model of config.models) {
    const [first, ...others] = model.providers.flatMap((equals, rank) =>
      equals
        .filter(({ name }) => canServe(config, name))
        .map(
          (share): Deployment => ({
            model,
            provider: share.name,
            providerName: config.providers[share.name]?.name ?? share.name,
            upstreamModel: share.upstreamModel ?? model.upstreamModel ?? model.id,
            rank,
            weight: share.weight ?? 1,
          }),
        ),
    );
    if (first) deployments.set(model.id, [first, ...others]);
  }
  return deployments;
}

function canServe(config: Config, key: string): boolean {
  const provider = config.providers[key];
  return provider?.baseUrl !== undefined && provider.keys.some(({ secret }) => secret !== undefined);
}
