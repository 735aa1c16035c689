import { type Cluster, Redis } from "ioredis";

/** One server, the master that Sentinels name, or a cluster: commands and scripts are the same. */
export type RedisClient = Redis | Cluster;

/** Where a Redis server is, and who hears of its troubles. */
export interface RedisConnection {
  /** `redis://` or `rediss://` URL, with user, password and database where needed. */
  readonly url: string;
  /** Told once per outage and cause, not once per reconnect; the error carries neither commands nor credentials. */
  readonly onError: (error: Error) => void;
  /** How long one command may take, in milliseconds. */
  readonly commandTimeoutMs?: number;
  /** How long one connection may take to be made, in milliseconds. */
  readonly connectTimeoutMs?: number;
}

const maxReconnectDelayMs = 2_000;

/**
 * Opens a connection that is made, and made again, in the background: a process starts while Redis is down, and finds it
 * when it comes. Nothing waits for a lost server: a command that cannot be sent at once, or whose connection breaks
 * before the reply, fails at once; one without a reply fails after `commandTimeoutMs`. No command is ever sent a second
 * time, because the first may have been carried out; whoever wants a retry decides it. A failed command rejects with a
 * plain Error, which may hold the command's arguments: see {@link withoutCommand}.
 */
export function connectRedis(connection: RedisConnection): Redis {
  const { url, commandTimeoutMs = 1_000, connectTimeoutMs = 2_000 } = connection;
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // A server that takes commands and answers none is given up, or its unanswered commands would pile up for ever.
    socketTimeout: 3 * commandTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempts) => Math.min(50 * 2 ** Math.min(attempts - 1, 10), maxReconnectDelayMs),
    // After a failover the old address may lead to a replica.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
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

/** Waits for the first connection, at most `patienceMs`. False if it failed or was not there in time; it is still tried for. */
export function untilReady(redis: RedisClient, patienceMs: number): Promise<boolean> {
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
