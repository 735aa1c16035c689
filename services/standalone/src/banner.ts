import { relative } from "node:path";
import { deploymentsOf } from "@switchyard/config";
import type { Standalone } from "./app.ts";

/** What a person sees who starts the platform in a terminal. */
export function banner({ httpUrl, grpcAddress, budgetAddress, isSimulated, config }: Standalone): string {
  const keys = config.apiKeys.length;
  return [
    "Switchyard is running.",
    `  HTTP (OpenAI API)   ${httpUrl}/v1`,
    `  gRPC (router)       ${grpcAddress}`,
    `  gRPC (budget)       ${budgetAddress}`,
    `  metrics             ${httpUrl}/metrics`,
    `  stores              ${relative(process.cwd(), config.dataDirectory)}/ (cache: ${config.cache.store}, budget: ${config.budget.store})`,
    `  access              ${keys > 0 ? `${keys} API keys` : "no API keys configured: this machine only"}`,
    isSimulated
      ? "  provider            SIMULATED: no provider key is set, so answers are made up by the built-in simulator.\n" +
        "                      Set SWITCHYARD_BASE_URL and SWITCHYARD_API_KEY, or OPENAI_API_KEY, for real ones."
      : `  provider            ${[...new Set([...deploymentsOf(config).values()].flat().map(({ provider }) => provider))].join(", ")}`,
    "",
  ].join("\n");
}
