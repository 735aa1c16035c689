import { closeRedis, type RedisClient } from "@switchyard/redis";

/** Wakes those who wait for something in Redis. A wake may be lost with a connection: nobody should wait for one alone. */
export interface Wakes {
  /** Calls `wake` at every message of a channel, until what it returns is called. */
  listen(channel: string, wake: () => void): () => void;
  /** Wakes everybody, and listens no more. */
  close(): Promise<void>;
}

/** Wakes by messages, on a connection that does nothing else; opened when somebody first listens. */
export function redisWakes(open: () => RedisClient): Wakes {
  const listeners = new Map<string, Set<() => void>>();
  let subscriber: RedisClient | undefined;

  function connection(): RedisClient {
    if (subscriber) return subscriber;
    subscriber = open();
    subscriber.on("message", (channel: string) => {
      for (const wake of listeners.get(channel) ?? []) wake();
    });
    // Whatever was wanted while there was no connection.
    subscriber.on("ready", () => {
      for (const channel of listeners.keys()) subscriber?.subscribe(channel).catch(() => undefined);
    });
    return subscriber;
  }

  return {
    listen(channel, wake) {
      const redis = connection();
      const known = listeners.get(channel);
      if (known) known.add(wake);
      else {
        listeners.set(channel, new Set([wake]));
        redis.subscribe(channel).catch(() => undefined);
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
