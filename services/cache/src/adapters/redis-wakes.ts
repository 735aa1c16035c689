import { closeRedis, type RedisClient } from "@switchyard/redis";

/** Wakes those who wait for something in Redis. A wake may be lost with a connection: nobody should wait for one alone. */
export interface Wakes {
  /** Calls `wake` at every message of a channel, until what it returns is called. */
  listen(channel: string, wake: () => void): () => void;
  /** Wakes everybody, and listens no more. */
  close(): Promise<void>;
}

/** Between two tries to subscribe, while the connection is away. */
const retryMs = 100;

/** Wakes by messages, on a connection that does nothing else; opened when somebody first listens. */
export function redisWakes(open: () => RedisClient): Wakes {
  const listeners = new Map<string, Set<() => void>>();
  let subscriber: RedisClient | undefined;

  const wakeAll = (channel: string) => {
    for (const wake of listeners.get(channel) ?? []) wake();
  };
  /** What came before the subscription stood was not heard: those who wait look for themselves then. */
  const subscribe = (redis: RedisClient, channel: string): void => {
    redis.subscribe(channel).then(
      () => wakeAll(channel),
      () => setTimeout(() => listeners.has(channel) && subscribe(redis, channel), retryMs).unref(),
    );
  };

  function connection(): RedisClient {
    if (subscriber) return subscriber;
    subscriber = open();
    subscriber.on("message", wakeAll);
    return subscriber;
  }

  return {
    listen(channel, wake) {
      const redis = connection();
      const known = listeners.get(channel);
      if (known) known.add(wake);
      else {
        listeners.set(channel, new Set([wake]));
        subscribe(redis, channel);
      }
      return () => {
        const all = listeners.get(channel);
        if (!all?.delete(wake) || all.size > 0) return;
        listeners.delete(channel);
        redis.unsubscribe(channel).catch(() => undefined);
      };
    },
    async close() {
      const all = [...listeners.values()].flatMap((wakes) => [...wakes]);
      listeners.clear();
      for (const wake of all) wake();
      if (subscriber) await closeRedis(subscriber);
    },
  };
}
