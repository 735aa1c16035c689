import { type Config, deploymentsOf, Secret } from "@switchyard/config";

/** Whether any model of the configuration can be served by a real provider. */
export const hasProvider = (config: Config): boolean => deploymentsOf(config).size > 0;

/** The configuration with every provider replaced by the simulator at `url`. */
export function simulated(config: Config, url: string): Config {
  const providers = Object.entries(config.providers).map(([key, provider]) => [
    key,
    { ...provider, name: "simulator", baseUrl: url, keys: [new Secret("simulated")] },
  ]);
  return { ...config, providers: Object.fromEntries(providers) };
}
