import { type Config, type Deployment, deploymentsOf } from "@switchyard/config";
import type { Target, Targets } from "../ports.ts";

/** Every model that can be served, by id, at each of its providers, with what an attempt at it needs to know. */
export function targetsOf(config: Config): Targets {
  const targets = new Map<string, readonly [Target, ...Target[]]>();
  for (const [model, deployments] of deploymentsOf(config)) {
    const [preferred, ...others] = deployments.flatMap((deployment) => targetOf(config, deployment) ?? []);
    if (preferred) targets.set(model, [preferred, ...others]);
  }
  return targets;
}

function targetOf(config: Config, { model, provider, providerName, upstreamModel }: Deployment): Target | undefined {
  const { baseUrl, timeouts, promptCacheKey: takesPromptCacheKey = false } = config.providers[provider] ?? {};
  if (baseUrl === undefined || timeouts === undefined) return undefined;
  const { hostname, port, protocol } = new URL(baseUrl);
  const serverPort = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return {
    model: model.id,
    upstreamModel,
    provider,
    providerName,
    canPrefill: model.capabilities.includes("prefill"),
    takesPromptCacheKey,
    timeouts,
    serverAddress: hostname,
    serverPort,
  };
}
