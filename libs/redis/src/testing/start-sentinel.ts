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
  stop(): Promise<void>;
}

const master = "main";
const patienceMs = 60_000;

/** Starts three servers of its own, whatever REDIS_URL says. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const program = await findProgram();
  const first = await launchRedis(program, {});
  const { hostname, port } = new URL(first.url);
  const second = await launchRedis(program, {
    settings: { replicaof: `${hostname} ${port}`, "repl-diskless-sync-delay": "0" },
  });
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
  const end = Date.now() + patienceMs;
  while (!String(await watcher.call("SENTINEL", "REPLICAS", master)).includes("master-link-status,ok")) {
    if (Date.now() > end) throw new Error("the Sentinel does not find the replica");
    await sleep(100);
  }
  watcher.disconnect();
  return {
    master,
    sentinels: [new URL(sentinel.url).host],
    killMaster: () => first.stop(),
    async stop() {
      await Promise.all([sentinel.stop(), second.stop(), first.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
