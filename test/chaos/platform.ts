import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BudgetServiceDefinition } from "@switchyard/contracts/budget/v1/budget";
import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { freePort, type RedisSentinel, startRedisSentinel } from "@switchyard/redis/testing";
import { type Client, type Connection, connect } from "@switchyard/rpc";
import type { Simulator } from "@switchyard/service-simulator";
import { startSimulator } from "@switchyard/test-e2e/network";
import { type ServiceProcess, spawnService } from "@switchyard/test-e2e/network/spawn-service";
import { chaosConfig } from "./chaos-config.ts";
import { type Counters, redisCounters, sqliteCounters } from "./counters.ts";
import type { StoreName, Victim } from "./faults.ts";
import type { Random } from "./random.ts";

/** Two routers and the budget service, two of it on Redis, each a process, that can be killed one by one. */
export interface Platform {
  readonly routers: readonly Client<RouterServiceDefinition>[];
  readonly budgets: readonly Client<BudgetServiceDefinition>[];
  readonly simulator: Simulator;
  readonly counters: Counters;
  /** Kills a process (-9) or the master of Redis, and has it back after a while. One that is away already is left alone. */
  strike(victim: Victim, awayMs: number): Promise<void>;
  /** How often another server became the master of Redis. */
  failovers(): Promise<number>;
  /** Ends the routers as a rolling restart does: what they have still to settle is settled. */
  drainRouters(): Promise<void>;
  stop(): Promise<void>;
}

const environment = { TEST_PROVIDER_KEY: "sk-provider" };

/** Answers take a while, or nothing would be in flight when something dies. */
const pace = { firstTokenMs: 20, tokensPerSecond: 300 };

/** A master without its replica does not write: what is recommended for hard limits. */
const guarded = { "min-replicas-to-write": "1", "min-replicas-max-lag": "2" };

export interface PlatformOptions {
  readonly store: StoreName;
  /** Whether a master of Redis may write alone. */
  readonly isGuarded: boolean;
}

export async function startPlatform(options: PlatformOptions, random: Random): Promise<Platform> {
  const { store } = options;
  const folder = mkdtempSync(join(tmpdir(), "switchyard-chaos-"));
  const fault = () => (random(20) === 0 ? ({ kind: "status", status: 503 } as const) : undefined);
  const simulator = await startSimulator(folder, pace, { recordRequests: true, fault });
  const sentinel = store === "redis" ? await startRedisSentinel(options.isGuarded ? guarded : {}) : undefined;
  const dataDirectory = join(folder, "data");
  const config = { ...chaosConfig(simulator.url, dataDirectory), ...(sentinel ? { redis: placeOf(sentinel) } : {}) };

  const closing: (() => unknown)[] = [];
  const start = async (service: string, name: string, own: object) => {
    const ownFolder = join(folder, name);
    mkdirSync(ownFolder, { recursive: true });
    return revivable(() => spawnService({ service, config: { ...config, ...own }, folder: ownFolder, environment }));
  };
  const budgetPorts = await Promise.all(Array.from({ length: sentinel ? 2 : 1 }, freePort));
  const routerPorts = await Promise.all([freePort(), freePort()]);
  const adapterPort = await freePort();
  const at = (port: number) => `127.0.0.1:${port}`;
  const budget = { ...config.budget, store: sentinel ? "redis" : "embedded" };
  const peers = {
    // Nobody is there: the router goes on without.
    cache: "dns:///127.0.0.1:9",
    classifier: "dns:///127.0.0.1:9",
    providerAdapter: `dns:///${at(adapterPort)}`,
    budget: `ipv4:${budgetPorts.map(at).join(",")}`,
  };
  const adapter = await start("provider-adapter", "adapter", {
    providerAdapter: { ...config.providerAdapter, listen: at(adapterPort) },
  });
  const processes = new Map<string, Revivable>();
  for (const [index, port] of budgetPorts.entries()) {
    processes.set(
      `budget ${index}`,
      await start("budget", `budget-${index}`, { budget: { ...budget, listen: at(port) } }),
    );
  }
  for (const [index, port] of routerPorts.entries()) {
    const router = { ...config.router, listen: at(port) };
    processes.set(`router ${index}`, await start("router", `router-${index}`, { router, peers }));
  }
  const counters = sentinel ? await redisCounters(sentinel) : sqliteCounters(dataDirectory);
  const connectTo =
    <D extends typeof BudgetServiceDefinition | typeof RouterServiceDefinition>(definition: D) =>
    (port: number): Client<D> => {
      const connection: Connection<D> = connect(definition, `dns:///${at(port)}`);
      closing.push(connection.close);
      return connection.client;
    };
  let failover: Promise<void> | undefined;
  const failOver = async (redis: RedisSentinel, awayMs: number) => {
    await redis.killMaster();
    await sleep(awayMs);
    await redis.revive();
  };
  return {
    routers: routerPorts.map(connectTo(RouterServiceDefinition)),
    budgets: budgetPorts.map(connectTo(BudgetServiceDefinition)),
    simulator,
    counters,
    failovers: async () => (await sentinel?.failovers()) ?? 0,
    async strike(victim, awayMs) {
      if (victim !== "redis") return processes.get(victim)?.strike(awayMs);
      if (!sentinel || failover) return failover;
      failover = failOver(sentinel, awayMs).finally(() => {
        failover = undefined;
      });
      return failover;
    },
    async drainRouters() {
      for (const [name, process] of processes) if (name.startsWith("router")) await process.stop();
    },
    async stop() {
      for (const close of closing) close();
      for (const process of [...processes.values()].toReversed()) await process.stop();
      await adapter.stop();
      await counters.close();
      await simulator.close();
      await sentinel?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const placeOf = ({ master, sentinels }: RedisSentinel) => ({ sentinel: { master, sentinels } });

interface Revivable {
  strike(awayMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** A process that comes back where it was. */
async function revivable(spawn: () => Promise<ServiceProcess>): Promise<Revivable> {
  let running = await spawn();
  let striking: Promise<void> | undefined;
  const strike = async (awayMs: number) => {
    await running.kill();
    await sleep(awayMs);
    running = await spawn();
  };
  return {
    strike(awayMs) {
      striking ??= strike(awayMs).finally(() => {
        striking = undefined;
      });
      return striking;
    },
    async stop() {
      await striking;
      await running.stop();
    },
  };
}
