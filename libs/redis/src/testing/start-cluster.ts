import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort, launchRedis } from "./launch-redis.ts";
import { findProgram, type RedisServer } from "./start-redis.ts";

/** A cluster of three masters with a replica each, on loopback, that keeps nothing on disk. */
export interface RedisCluster {
  /** `127.0.0.1:41234` of every node, those that were killed included. */
  readonly nodes: readonly string[];
  /** Ends the master that holds a key, as a crash would; its replica takes over by itself, some seconds later. */
  killMasterOf(key: string): Promise<void>;
  /** Resolves once a write of that key's master has reached a replica of it. */
  replicated(key: string): Promise<void>;
  stop(): Promise<void>;
}

const settings = {
  "cluster-enabled": "yes",
  "cluster-node-timeout": "1500",
  "cluster-replica-validity-factor": "0",
  "repl-diskless-sync-delay": "0",
};
const masterCount = 3;
const slotCount = 16_384;
const patienceMs = 60_000;

/** Starts six servers of its own, whatever REDIS_URL says, and makes them a cluster. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const program = await findProgram();
  const launch = async () =>
    launchRedis(program, { settings: { ...settings, "cluster-port": String(await freePort()) } });
  const servers = await Promise.all(Array.from({ length: 2 * masterCount }, launch));
  const clients = servers.map(({ url }) => new Redis(url, { retryStrategy: null, maxRetriesPerRequest: 0 }));
  for (const client of clients) client.on("error", () => undefined);
  const stop = async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await join(clients, servers);
  } catch (error) {
    await stop();
    throw error;
  }

  const masterIndexOf = async (key: string) => {
    const slot = Number(await clients.find(isAlive)?.cluster("KEYSLOT", key));
    for (const [index, client] of clients.entries()) {
      if (isAlive(client) && (await ownsSlot(client, slot))) return index;
    }
    throw new Error(`no master of the key ${key}`);
  };
  return {
    nodes: servers.map(({ url }) => new URL(url).host),
    async killMasterOf(key) {
      const index = await masterIndexOf(key);
      clients[index]?.disconnect();
      await servers[index]?.stop();
    },
    async replicated(key) {
      const client = clients[await masterIndexOf(key)] as Redis;
      // WAIT speaks for writes of its own connection only.
      await client.publish("switchyard:test", "");
      const offset = async (of: Redis) =>
        Number(/(?:master|slave)_repl_offset:(\d+)/.exec(await of.info("replication"))?.[1]);
      const wanted = await offset(client);
      const id = await client.cluster("MYID");
      await until("the replica has everything", async () => {
        for (const other of clients.filter(isAlive)) {
          const self = (await nodesSeenBy(other)).find(({ flags }) => flags.includes("myself"));
          if (self?.masterId === id && (await offset(other)) >= wanted) return true;
        }
        return false;
      });
    },
    stop,
  };
}

const isAlive = (client: Redis) => client.status === "ready";

/** Makes every node know the others, gives the first three the slots and each of the others a master. */
async function join(clients: readonly Redis[], servers: readonly RedisServer[]): Promise<void> {
  const [first, ...others] = clients as [Redis, ...Redis[]];
  const busPorts = await Promise.all(
    clients.map(async (client) => ((await client.config("GET", "cluster-port")) as string[])[1]),
  );
  for (const [index] of others.entries()) {
    const { hostname, port } = new URL((servers[index + 1] as RedisServer).url);
    await first.cluster("MEET", hostname, Number(port), Number(busPorts[index + 1]));
  }
  const share = Math.ceil(slotCount / masterCount);
  for (const [index, master] of clients.slice(0, masterCount).entries()) {
    await master.cluster("ADDSLOTSRANGE", index * share, Math.min(slotCount, (index + 1) * share) - 1);
  }
  for (const client of clients) {
    await until("every node knows all", async () => (await nodesSeenBy(client)).length === clients.length);
  }
  for (const [index, replica] of clients.slice(masterCount).entries()) {
    await replica.cluster("REPLICATE", await (clients[index] as Redis).cluster("MYID"));
  }
  for (const client of clients) {
    await until("the cluster is whole", async () => {
      const nodes = await nodesSeenBy(client);
      const isWhole = String(await client.cluster("INFO")).includes("cluster_state:ok");
      return isWhole && nodes.filter(({ masterId }) => masterId !== undefined).length === clients.length - masterCount;
    });
  }
  for (const replica of clients.slice(masterCount)) {
    await until("replicas are in step", async () =>
      (await replica.info("replication")).includes("master_link_status:up"),
    );
  }
}

interface SeenNode {
  readonly flags: readonly string[];
  readonly masterId: string | undefined;
  readonly slots: readonly string[];
}

async function nodesSeenBy(client: Redis): Promise<SeenNode[]> {
  const text = String(await client.cluster("NODES"));
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [, , flags = "", master = "-", , , , , ...slots] = line.split(" ");
      return { flags: flags.split(","), masterId: master === "-" ? undefined : master, slots };
    })
    .filter(({ flags }) => !flags.includes("handshake"));
}

async function ownsSlot(client: Redis, slot: number): Promise<boolean> {
  const self = (await nodesSeenBy(client)).find(({ flags }) => flags.includes("myself"));
  return (
    self?.masterId === undefined &&
    (self?.slots ?? []).some((range) => {
      const [from = 0, to = from] = range.split("-").map(Number);
      return slot >= from && slot <= to;
    })
  );
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`the test cluster is not ready: waited for ${what}`);
    await sleep(50);
  }
}
