import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, type ClusterNode, Redis, type RedisOptions } from "ioredis";
import { writeByTurns } from "./write-by-turns.ts";

/** One server, the master that Sentinels name, or a cluster: commands and scripts are the same. */
export type RedisClient = Redis | Cluster;

/** `host:port`. */
type Address = string;

/** Servers that take user and password, and speak TLS or not. */
interface Login {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: boolean | undefined;
}

/** A cluster, of which some nodes are known. */
export interface RedisClusterPlace extends Login {
  readonly nodes: readonly Address[];
}

/** A master and its replicas, of which Sentinels know who is who. */
export interface RedisSentinelPlace extends Login {
  readonly master: string;
  readonly sentinels: readonly Address[];
  readonly sentinelPassword?: string | undefined;
}

/** Where a Redis is. */
export type RedisPlace =
  /** `redis://` or `rediss://` URL, with user, password and database where needed. */
  { readonly url: string } | { readonly cluster: RedisClusterPlace } | { readonly sentinel: RedisSentinelPlace };

/** How it is talked to, and who hears of its troubles. */
export interface RedisManners {
  /** Told once per outage and cause, not once per reconnect; the error carries neither commands nor credentials. */
  readonly onError: (error: Error) => void;
  /** How long one command may take, in milliseconds. */
  readonly commandTimeoutMs?: number;
  /** How long one connection may take to be made, in milliseconds. */
  readonly connectTimeoutMs?: number;
}

/** A connection to one server. */
export type RedisConnection = { readonly url: string } & RedisManners;

const maxReconnectDelayMs = 2_000;

/**
 * Opens a connection that is made, and made again, in the background: a process starts while Redis is down, and finds it
 * when it comes. Nothing waits for a lost server: a command that cannot be sent at once, or whose connection breaks
 * before the reply, fails at once; one without a reply fails after `commandTimeoutMs`. No command is ever sent a second
 * time, because the first may have been carried out; whoever wants a retry decides it. (A cluster that refuses a command
 * because its slot lies elsewhere has not carried it out, and is asked again.) Commands of one turn of the event loop go out
 * in one piece. A failed command rejects with a plain Error, which may hold the command's arguments: see
 * {@link withoutCommand}.
 */
export function connectRedis(connection: RedisConnection): Redis;
export function connectRedis(connection: RedisPlace & RedisManners): RedisClient;
export function connectRedis(connection: RedisPlace & RedisManners): RedisClient {
  const options = optionsOf(connection);
  const redis = open(connection, options);
  let reported: string | undefined;
  redis.on("error", (error: Error) => {
    const cause = (error as { code?: string }).code ?? error.message;
    if (cause === reported) return;
    reported = cause;
    connection.onError(withoutCommand(error));
  });
  redis.on("ready", () => {
    reported = undefined;
  });
  return redis;
}

function open(place: RedisPlace, options: RedisOptions): RedisClient {
  if ("cluster" in place) return openCluster(place.cluster, options);
  if ("sentinel" in place) {
    const { master, sentinels, sentinelPassword, ...login } = place.sentinel;
    return comingBack(
      new Redis({
        ...options,
        ...loginOf(login),
        name: master,
        sentinels: sentinels.map(nodeOf),
        ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
        sentinelRetryStrategy: reconnectDelayMs,
        // The old master may come back as a replica before its Sentinels say so.
        failoverDetector: true,
      }),
    );
  }
  return writeByTurns(new Redis(place.url, options));
}

/**
 * ioredis takes a failover that it hears of while it still looks for the master for a wish to end, and would stay away for
 * good. Unless somebody here ended it, it is begun anew.
 */
function comingBack(redis: Redis): Redis {
  let isOver = false;
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect = false) => {
    if (!reconnect) isOver = true;
    disconnect(reconnect);
  };
  const begin = () => {
    if (!isOver) redis.connect().catch(() => undefined);
  };
  redis.on("end", () => setTimeout(begin, reconnectDelayMs(1)));
  return writeByTurns(redis);
}

function openCluster({ nodes, ...login }: RedisClusterPlace, options: RedisOptions): Cluster {
  const cluster = new Cluster(nodes.map(nodeOf), {
    redisOptions: { ...options, ...loginOf(login) },
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    // A command whose connection broke may have been carried out.
    retryDelayOnFailover: 0,
    slotsRefreshInterval: 2_000,
  });
  cluster.on("+node", (node: Redis) => {
    writeByTurns(node);
    // Left to itself it would connect at its first command, and fail those that come while it does.
    if (node.status === "wait") node.connect().catch(() => undefined);
  });
  return cluster;
}

function optionsOf({ commandTimeoutMs = 1_000, connectTimeoutMs = 2_000 }: RedisManners): RedisOptions {
  return {
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // A server that takes commands and answers none is given up, or its unanswered commands would pile up for ever.
    socketTimeout: 3 * commandTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: reconnectDelayMs,
    // After a failover the old address may lead to a replica.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  };
}

const reconnectDelayMs = (attempts: number) => Math.min(50 * 2 ** Math.min(attempts - 1, 10), maxReconnectDelayMs);

function nodeOf(address: Address) {
  const at = address.lastIndexOf(":");
  return {
    host: address.slice(0, at).replace(/^\[|\]$/g, ""),
    port: Number(address.slice(at + 1)),
  } satisfies ClusterNode;
}

const loginOf = ({ username, password, tls }: Login): RedisOptions => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(tls ? { tls: {} } : {}),
});

/** Waits for the first connection, at most `patienceMs`. False if it failed or was not there in time; it is still tried for. */
export function untilReady(redis: RedisClient, patienceMs: number): Promise<boolean> {
  return redis instanceof Cluster ? untilMastersReady(redis, patienceMs) : untilServerReady(redis, patienceMs);
}

/** Nodes come and go while a cluster is discovered, so that their events say little. */
async function untilMastersReady(cluster: Cluster, patienceMs: number): Promise<boolean> {
  const end = Date.now() + patienceMs;
  const isReady = () => cluster.status === "ready" && cluster.nodes("master").every(({ status }) => status === "ready");
  while (!isReady()) {
    if (Date.now() >= end) return false;
    await sleep(10);
  }
  return true;
}

function untilServerReady(redis: Redis, patienceMs: number): Promise<boolean> {
  if (redis.status === "ready") return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (ready: boolean) => () => {
      clearTimeout(timer);
      redis.off("ready", onReady).off("close", onClose);
      resolve(ready);
    };
    const onReady = settle(true);
    const onClose = settle(false);
    const timer = setTimeout(onClose, patienceMs);
    redis.once("ready", onReady).once("close", onClose);
  });
}

/** Lets commands in flight finish, then ends the connection for good. Never rejects. */
export async function closeRedis(redis: RedisClient): Promise<void> {
  if (redis.status === "ready") await redis.quit().catch(() => undefined);
  redis.disconnect();
}

/** An error fit for a log: ioredis attaches the failed command with its arguments, and those hold answers and passwords. */
export function withoutCommand(error: unknown): Error {
  if (!(error instanceof Error)) return new Error("a fault that is no Error");
  Reflect.deleteProperty(error, "command");
  return error;
}
