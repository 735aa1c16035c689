import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "@switchyard/redis/testing";
import { startSimulator } from "@switchyard/test-e2e/network";
import { testConfig } from "@switchyard/test-e2e/network/config";
import { type ServiceProcess, spawnService } from "@switchyard/test-e2e/network/spawn-service";

/** The services of the platform, in the order in which they are started. */
export const services = ["cache", "classifier", "budget", "provider-adapter", "router", "gateway"] as const;

export type ServiceName = (typeof services)[number];

const sections = {
  cache: "cache",
  classifier: "classifier",
  budget: "budget",
  "provider-adapter": "providerAdapter",
  router: "router",
  gateway: "gateway",
} as const satisfies Record<ServiceName, string>;

/** Two processes of every service, each at an address that it keeps over its restarts. */
export interface Replicas {
  /** Target of a client that knows both, for `connect`. */
  target(service: ServiceName): string;
  /** `host:port` of both. */
  addresses(service: ServiceName): readonly string[];
  /** Where both tell whether they are ready. */
  adminAddresses(service: ServiceName): readonly string[];
  /** What one wrote to its log since it was started. */
  log(service: ServiceName, index: number): string;
  /** Ends one by the signal, and starts it anew. Resolves when it serves, with the code it ended with. */
  restart(service: ServiceName, index: number, signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  /** How long a process that is to end serves on. */
  readonly drainNoticeMs: number;
  /** Merged into `rpc` of the configuration. */
  readonly rpc?: object;
}

/** Starts everything, around one Redis and a simulated provider whose answers take half a second. */
export async function startReplicas({ drainNoticeMs, rpc = {} }: ReplicaOptions): Promise<Replicas> {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-rollout-"));
  const redis = await startRedis();
  const simulator = await startSimulator(folder, { firstTokenMs: 20, tokensPerSecond: 100 });
  const ports = await freePorts(services.length * 4);
  const places = Object.fromEntries(
    services.map((service, at) => [
      service,
      [0, 1].map((index) => ({
        listen: `127.0.0.1:${ports[at * 4 + index * 2]}`,
        adminListen: `127.0.0.1:${ports[at * 4 + index * 2 + 1]}`,
      })),
    ]),
  ) as Record<ServiceName, { listen: string; adminListen: string }[]>;
  const target = (service: ServiceName) => `ipv4:${places[service].map(({ listen }) => listen).join(",")}`;
  const base = testConfig(simulator.url, join(folder, "data"));
  const common = {
    ...base,
    drainNoticeMs,
    rpc: { maxConnectionAgeMs: 5_000, ...rpc },
    redis: { url: { env: "TEST_REDIS_URL" } },
    peers: {
      cache: target("cache"),
      classifier: target("classifier"),
      budget: target("budget"),
      providerAdapter: target("provider-adapter"),
      router: target("router"),
    },
    cache: { store: "redis" },
    budget: { store: "redis", tiers: { enterprise: { tenant: { tokensPerDay: 1_000_000_000 } }, free: {} } },
  };
  const start = (service: ServiceName, index: number) => {
    const section = sections[service];
    const own = join(folder, `${service}-${index}`);
    mkdirSync(own, { recursive: true });
    return spawnService({
      service,
      folder: own,
      config: { ...common, [section]: { ...common[section], ...places[service][index] } },
      environment: { TEST_PROVIDER_KEY: "sk-provider", TEST_REDIS_URL: redis.url },
    });
  };
  const running = new Map<string, ServiceProcess>();
  const stop = async () => {
    for (const service of [...services].reverse()) {
      await Promise.all([0, 1].map((index) => running.get(`${service} ${index}`)?.kill()));
    }
    await simulator.close();
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const service of services) {
      for (const index of [0, 1]) running.set(`${service} ${index}`, await start(service, index));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    target,
    addresses: (service) => places[service].map(({ listen }) => listen),
    adminAddresses: (service) => places[service].map(({ adminListen }) => adminListen),
    log: (service, index) => running.get(`${service} ${index}`)?.log() ?? "",
    async restart(service, index, signal) {
      const one = running.get(`${service} ${index}`);
      const code = signal === "SIGTERM" ? await one?.stop() : await one?.kill();
      running.set(`${service} ${index}`, await start(service, index));
      return code ?? null;
    },
    stop,
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      return port;
    }),
  );
}
