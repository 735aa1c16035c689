import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServiceProcess, spawnService } from "@switchyard/test-e2e/network/spawn-service";
import type { Target } from "./target.ts";

const key = "sk-bench-backend";
const listen = "127.0.0.1:0";
const at = { listen, adminListen: listen };

/** Everything on: a key, the caches, the classifier, budgets with limits, and the traces of every tenth request. */
function configOf(mock: Target, dataDirectory: string) {
  const prices = { input: 0.1, output: 0.4 };
  const model = (id: string, tier: string, times: number) => ({
    ...{ id, tier, contextWindow: 128_000, maxOutputTokens: 4096, capabilities: ["tools", "json_schema"] },
    ...{ providers: ["mock"], prices: { input: prices.input * times, output: prices.output * times } },
  });
  return {
    router: { ...at, baselineModel: "large" },
    classifier: at,
    cache: at,
    budget: { ...at, tiers: { enterprise: { tenant: { usdPerDay: 1_000_000, tokensPerDay: 1_000_000_000_000 } } } },
    providerAdapter: at,
    gateway: at,
    dataDirectory,
    apiKeys: [
      {
        name: "bench",
        sha256: createHash("sha256").update(key).digest("hex"),
        tenant: "bench",
        budgetTier: "enterprise",
      },
    ],
    providers: { mock: { name: "openai", baseUrl: new URL("/v1", mock.url).href, keys: [{ env: "MOCK_KEY" }] } },
    models: [model("small", "economy", 1), model("middle", "standard", 5), model("large", "premium", 25)],
  };
}

const environmentOf = (mock: Target, more: Environment) => ({
  MOCK_KEY: "sk-mock",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: new URL("/v1/traces", mock.url).href,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  ...more,
});

export type Environment = Readonly<Record<string, string>>;

const headers = { authorization: `Bearer ${key}` };
const idOf = ({ process }: ServiceProcess) => process.pid as number;

/** The platform in one process, its stores in a folder of its own. */
export async function startStandalone(mock: Target, more: Environment = {}): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-overhead-"));
  const config = configOf(mock, join(folder, "data"));
  const service = await spawnService({ service: "standalone", config, folder, environment: environmentOf(mock, more) });
  return {
    url: `${service.addresses.http}/v1/chat/completions`,
    grpc: String(service.addresses.grpc),
    headers,
    processIds: [idOf(service)],
    stop: async () => {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The platform with every service its own process, each with its embedded store. */
export async function startNetworked(mock: Target, more: Environment = {}): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-overhead-"));
  const config = configOf(mock, join(folder, "data"));
  const begin = (service: string, own: object = config) => {
    const ownFolder = join(folder, service);
    mkdirSync(ownFolder, { recursive: true });
    return spawnService({ service, config: own, folder: ownFolder, environment: environmentOf(mock, more) });
  };
  const [cache, classifier, budget, providerAdapter] = await Promise.all([
    begin("cache"),
    begin("classifier"),
    begin("budget"),
    begin("provider-adapter"),
  ]);
  const peer = ({ addresses }: ServiceProcess) => `dns:///${addresses.address}`;
  const peers = {
    cache: peer(cache),
    classifier: peer(classifier),
    budget: peer(budget),
    providerAdapter: peer(providerAdapter),
  };
  const router = await begin("router", { ...config, peers });
  const gateway = await begin("gateway", { ...config, peers: { ...peers, router: peer(router) } });
  const services = [gateway, router, providerAdapter, classifier, cache, budget];
  return {
    url: `${gateway.addresses.address}/v1/chat/completions`,
    grpc: String(router.addresses.address),
    headers,
    processIds: services.map(idOf),
    stop: async () => {
      for (const service of services) await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
