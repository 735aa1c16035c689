import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@switchyard/config";
import { createLogger } from "@switchyard/telemetry";
import { createStandalone, type Standalone } from "../src/app.ts";

/** A platform of the demo's own: free ports, embedded stores in a temporary folder that goes when it is closed. */
export async function startPrivatePlatform(environment: NodeJS.ProcessEnv): Promise<Standalone> {
  const config = loadConfig(environment);
  const dataDirectory = await mkdtemp(join(tmpdir(), "switchyard-demo-"));
  const removeData = () => rm(dataDirectory, { recursive: true, force: true });
  const listen = "127.0.0.1:0";
  try {
    const platform = await createStandalone(
      {
        ...config,
        dataDirectory,
        apiKeys: [],
        gateway: { ...config.gateway, listen },
        router: { ...config.router, listen },
        budget: { ...config.budget, listen, store: "embedded" },
        cache: { ...config.cache, store: "embedded" },
      },
      { logger: createLogger("demo", "error"), scrape: (_request, response) => void response.end() },
    );
    return {
      ...platform,
      async close() {
        await platform.close();
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}
