import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@switchyard/config";
import { BudgetServiceDefinition } from "@switchyard/contracts/budget/v1/budget";
import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { startRedis } from "@switchyard/redis/testing";
import { type Client, connect, Metadata } from "@switchyard/rpc";
import { createSimulator, type Simulator, type SimulatorOptions } from "@switchyard/service-simulator";
import { stringify } from "yaml";
import { keys, type TestConfig, testConfig } from "./config.ts";
import { type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";
import { type ServiceProcess, spawnService } from "./spawn-service.ts";

export type Shape = "standalone" | "networked";

/** Both shapes the platform runs in: all in one process, and every service its own process with Redis. */
export const shapes: readonly Shape[] = ["standalone", "networked"];

/** The platform, running, with everything around it that a test looks at. */
export interface TestNetwork {
  readonly httpUrl: string;
  readonly grpcAddress: string;
  /** BudgetService. */
  readonly budgetAddress: string;
  readonly router: Client<RouterServiceDefinition>;
  /** Every replica of the router, the one above first. */
  readonly routers: readonly Client<RouterServiceDefinition>[];
  readonly budget: Client<BudgetServiceDefinition>;
  readonly simulator: Simulator;
  readonly otlp: OtlpReceiver;
  /** The processes, by service. */
  readonly processes: Readonly<Record<string, ServiceProcess>>;
  /** Ends every process with SIGTERM, front to back, and returns their exit codes. */
  stop(): Promise<(number | null)[]>;
}

export interface NetworkOptions {
  readonly shape: Shape;
  readonly simulator?: SimulatorOptions;
  /** How fast the simulator writes; at once if left out. */
  readonly pace?: { readonly firstTokenMs: number; readonly tokensPerSecond: number };
  /** Replicas of the router, where every service is its own process; the gateway knows the first. 1 if left out. */
  readonly routerReplicas?: number;
  /** Changes to the test configuration. */
  readonly change?: (config: TestConfig) => object;
  /** Further variables of the processes' environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Metadata of a gRPC call with an API key. */
export const withKey = (key: keyof typeof keys = "acme") => ({
  metadata: Metadata().set("authorization", `Bearer ${keys[key]}`),
});

/** Starts the platform in one of its shapes on free ports. */
export async function startNetwork(options: NetworkOptions): Promise<TestNetwork> {
  const { shape, pace, change = (config) => config } = options;
  const folder = mkdtempSync(join(tmpdir(), "switchyard-e2e-"));
  const otlp = await startOtlpReceiver();
  const environment = {
    TEST_PROVIDER_KEY: "sk-provider",
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    ...options.environment,
  };
  const simulator = await startSimulator(folder, pace, options.simulator);
  const config = change(testConfig(simulator.url, join(folder, "data")));
  const starting: Promise<ServiceProcess>[] = [];
  const start: Start = (service, own = config, more = {}) => {
    const process = spawnService({ service, config: own, folder, environment: { ...environment, ...more } });
    starting.push(process);
    return process;
  };
  const around = async () => {
    await simulator.close();
    await otlp.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const replicas = options.routerReplicas ?? 1;
  const running = await (shape === "standalone"
    ? startStandalone(start)
    : startNetworked(start, config, replicas)
  ).catch(async (error: unknown) => {
    // Where one does not start, the others would outlive the test.
    for (const one of await Promise.allSettled(starting)) if (one.status === "fulfilled") await one.value.kill();
    await around();
    throw error;
  });
  const { processes, httpUrl, grpcAddress, budgetAddress, otherRouters } = running;
  const routers = [grpcAddress, ...otherRouters].map((address) =>
    connect(RouterServiceDefinition, `dns:///${address}`),
  );
  const [router] = routers as [(typeof routers)[number]];
  const budget = connect(BudgetServiceDefinition, `dns:///${budgetAddress}`);
  return {
    httpUrl,
    grpcAddress,
    budgetAddress,
    router: router.client,
    routers: routers.map(({ client }) => client),
    budget: budget.client,
    simulator,
    otlp,
    processes,
    async stop() {
      for (const { close } of routers) close();
      budget.close();
      const codes: (number | null)[] = [];
      for (const service of Object.values(processes)) codes.push(await service.stop());
      await running.close();
      await around();
      return codes;
    },
  };
}

/** Starts a simulator with the models of the test configuration. */
export function startSimulator(
  folder: string,
  pace = { firstTokenMs: 0, tokensPerSecond: 0 },
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const config = { ...testConfig("http://127.0.0.1:1/v1", folder), simulator: pace };
  const environment = { TEST_PROVIDER_KEY: "sk-provider" };
  return createSimulator(parseConfig(stringify(config), { environment, folder }), {
    listen: "127.0.0.1:0",
    ...options,
  });
}

type Start = (service: string, config?: object, environment?: Record<string, string>) => Promise<ServiceProcess>;

async function startStandalone(start: Start) {
  const standalone = await start("standalone");
  const { http, grpc, budget } = standalone.addresses;
  return {
    processes: { standalone },
    httpUrl: String(http),
    grpcAddress: String(grpc),
    budgetAddress: String(budget),
    otherRouters: [],
    close: async () => undefined,
  };
}

async function startNetworked(start: Start, config: object, routerReplicas: number) {
  const redis = await startRedis();
  const stores = {
    ...config,
    redis: { url: { env: "TEST_REDIS_URL" } },
    cache: { ...(config as TestConfig).cache, store: "redis" },
    budget: { ...(config as TestConfig).budget, store: "redis" },
  };
  const begin = (service: string, own: object = stores) => start(service, own, { TEST_REDIS_URL: redis.url });
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
  const router = await begin("router", { ...stores, peers });
  const replicas: Record<string, ServiceProcess> = {};
  for (let replica = 2; replica <= routerReplicas; replica++) {
    replicas[`router-${replica}`] = await begin("router", { ...stores, peers });
  }
  const gateway = await begin("gateway", { ...stores, peers: { ...peers, router: peer(router) } });
  return {
    processes: { gateway, router, ...replicas, classifier, "provider-adapter": providerAdapter, cache, budget },
    httpUrl: String(gateway.addresses.address),
    grpcAddress: String(router.addresses.address),
    budgetAddress: String(budget.addresses.address),
    otherRouters: Object.values(replicas).map(({ addresses }) => String(addresses.address)),
    close: () => redis.stop(),
  };
}
