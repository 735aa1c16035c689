import { createHash } from "node:crypto";

export const keys = { acme: "sk-acme-backend", globex: "sk-globex-backend", free: "sk-free-trial" };

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

const model = (
  id: string,
  tier: string,
  contextWindow: number,
  input: number,
  output: number,
  capabilities: string[],
) => ({
  id,
  tier,
  contextWindow,
  maxOutputTokens: 4096,
  capabilities,
  providers: ["simulated"],
  prices: { input, output },
});

/** A configuration for tests: the catalogue's shape, one simulated provider, three keys. */
export function testConfig(simulatorUrl: string, dataDirectory: string) {
  return {
    router: {
      baselineModel: "gpt-4o",
      listen: "127.0.0.1:0",
      adminListen: "127.0.0.1:0",
      defaultMaxOutputTokens: 1024,
    },
    classifier: { listen: "127.0.0.1:0", adminListen: "127.0.0.1:0" },
    cache: { listen: "127.0.0.1:0", adminListen: "127.0.0.1:0" },
    budget: { listen: "127.0.0.1:0", adminListen: "127.0.0.1:0" },
    providerAdapter: { listen: "127.0.0.1:0", adminListen: "127.0.0.1:0" },
    gateway: { listen: "127.0.0.1:0", adminListen: "127.0.0.1:0", maxBodyBytes: 2 * 1024 * 1024 },
    dataDirectory,
    drainMs: 10_000,
    apiKeys: [
      { name: "acme-backend", sha256: sha256(keys.acme), tenant: "acme", budgetTier: "enterprise" },
      { name: "globex-backend", sha256: sha256(keys.globex), tenant: "globex", budgetTier: "enterprise" },
      { name: "free-trial", sha256: sha256(keys.free), tenant: "trial", user: "eve", budgetTier: "free" },
    ],
    providers: { simulated: { name: "openai", baseUrl: simulatorUrl, keys: [{ env: "TEST_PROVIDER_KEY" }] } },
    models: [
      model("qwen3-8b", "economy", 32_000, 0.01, 0.01, ["tools", "json_schema"]),
      model("deepseek-v4-pro", "standard", 200_000, 0.55, 2.2, ["tools", "json_schema"]),
      {
        ...model("gpt-4o", "premium", 128_000, 2.5, 10, ["tools", "json_schema", "vision"]),
        fallbacks: ["deepseek-v4-pro"],
      },
      { ...model("text-embedding-3-small", "economy", 8_191, 0.02, 0, ["embeddings"]), maxOutputTokens: 1 },
    ],
  };
}

export type TestConfig = ReturnType<typeof testConfig>;
