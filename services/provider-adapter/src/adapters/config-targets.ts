import { type Config, deploymentsOf } from "@switchyard/config";
import type { Target } from "../ports.ts";

/** Every model that can be served, by id, with what an attempt at it needs to know. */
export function targetsOf(config: Config): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const [model, [{ provider, providerName, upstreamModel }]] of deploymentsOf(config)) {
    const { baseUrl, timeouts } = config.providers[provider] ?? {};
    if (baseUrl === undefined || timeouts === undefined) continue;
    const { hostname, port, protocol } = new URL(baseUrl);
    const serverPort = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
    targets.set(model, { model, upstreamModel, provider, providerName, timeouts, serverAddress: hostname, serverPort });
  }
  return targets;
}
