import { join } from "node:path";
import { type Config, deploymentsOf, Secret } from "@switchyard/config";

/** Whether any model of the configuration can be served by a real provider. */
export const hasProvider = (config: Config): boolean => deploymentsOf(config).size > 0;

/**
 * The configuration with every provider replaced by the simulator at `url`, and with stores of its own: made-up answers and
 * their cost must not be found there once a real provider answers.
 */
export function simulated(config: Config, url: string): Config {
  const providers = Object.entries(config.providers).map(([key, provider]) => [
    key,
    { ...provider, name: "simulator", baseUrl: url, keys: [{ secret: new Secret("simulated"), weight: 1 }] },
  ]);
  return {
    ...config,
    providers: Object.fromEntries(providers),
    dataDirectory: join(config.dataDirectory, "simulated"),
    cache: { ...config.cache, store: "embedded" },
    budget: { ...config.budget, store: "embedded" },
  };
}
