import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { launchRedis } from "./launch-redis.ts";
import { findProgram } from "./start-redis.ts";

/** A master, a replica and a Sentinel that watches them, on loopback. */
export interface RedisSentinel {
  /** The name of the master. */
  readonly master: string;
  /** `127.0.0.1:41234` of the Sentinel. */
  readonly sentinels: readonly string[];
  /** Ends the master, as a crash would; the replica takes over by itself, some seconds later. */
  killMaster(): Promise<void>;
  /** Brings back the server that was killed, as a replica, once the other has taken over; resolves when it has everything. */
  revive(): Promise<void>;
  /** How often the Sentinel has made a replica the master, asked or not: a busy machine can look like a dead one. */
  failovers(): Promise<number>;
  stop(): Promise<void>;
}

const master = "main";
const patienceMs = 60_000;

/** Starts three servers of its own, whatever REDIS_URL says; `settings` are those of master and replica, as in redis.conf. */
export async function startRedisSentinel(settings: Readonly<Record<string, string>> = {}): Promise<RedisSentinel> {
  const program = await findProgram();
  const launch = (port?: number, masterUrl?: string) => {
    const replication: Record<string, string> = masterUrl ? { replicaof: hostAndPort(masterUrl) } : {};
    const all = { "repl-diskless-sync-delay": "0", ...settings, ...replication };
    return launchRedis(program, { ...(port ? { port } : {}), settings: all });
  };
  let leader = await launch();
  let follower = await launch(undefined, leader.url);
  const { hostname, port } = new URL(leader.url);
  const folder = await mkdtemp(join(tmpdir(), "switchyard-sentinel-"));
  const file = join(folder, "sentinel.conf");
  await writeFile(
    file,
    [
      `sentinel monitor ${master} ${hostname} ${port} 1`,
      `sentinel down-after-milliseconds ${master} 1000`,
      `sentinel failover-timeout ${master} 3000`,
      "",
    ].join("\n"),
  );
  const leadingArgs = [...program.leadingArgs, file, "--sentinel"];
  const sentinel = await launchRedis({ ...program, leadingArgs }, {}, "+monitor master");
  const watcher = new Redis(sentinel.url);
  await until("the Sentinel finds the replica", async () =>
    String(await watcher.call("SENTINEL", "REPLICAS", master)).includes("master-link-status,ok"),
  );
  return {
    master,
    sentinels: [new URL(sentinel.url).host],
    killMaster: () => leader.stop(),
    async revive() {
      const lost = leader;
      const heir = new URL(follower.url).port;
      await until("the replica takes over", async () => {
        const named = (await watcher.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master)) as string[];
        return named[1] === heir && (await infoOf(follower.url)).includes("role:master");
      });
      leader = follower;
      follower = await launch(Number(new URL(lost.url).port), leader.url);
      await until("the replica has everything", async () =>
        (await infoOf(follower.url)).includes("master_link_status:up"),
      );
      // A Sentinel that has just seen a failover does not begin the next one before it knows the replica again.
      await until("the Sentinel finds the replica", async () => {
        const replicas = String(await watcher.call("SENTINEL", "REPLICAS", master));
        return replicas.includes("master-link-status,ok") && !replicas.includes("s_down");
      });
    },
    async failovers() {
      const state = (await watcher.call("SENTINEL", "MASTER", master)) as string[];
      return Number(state[state.indexOf("config-epoch") + 1]);
    },
    async stop() {
      watcher.disconnect();
      await Promise.all([sentinel.stop(), follower.stop(), leader.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const hostAndPort = (url: string) => `${new URL(url).hostname} ${new URL(url).port}`;

async function infoOf(url: string): Promise<string> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await redis.info("replication");
  } finally {
    redis.disconnect();
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > end) throw new Error(`the test servers are not ready: waited until ${what}`);
    await sleep(100);
  }
}
