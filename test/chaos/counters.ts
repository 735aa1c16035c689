import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { closeRedis, connectRedis, tenantKey, untilReady } from "@switchyard/redis";
import type { RedisSentinel } from "@switchyard/redis/testing";
import { organisation } from "./chaos-config.ts";

/** What a store holds of a scope and a day, in tokens. */
export interface Counter {
  readonly scope: string;
  readonly dayMs: number;
  readonly used: number;
  readonly reserved: number;
}

/** Looks into a store, past the service. */
export interface Counters {
  /** Every day's counters of every scope; undefined while the store is away. */
  read(): Promise<readonly Counter[] | undefined>;
  close(): Promise<void>;
}

/** Counters of the master that the Sentinels name. */
export async function redisCounters({ master, sentinels }: RedisSentinel): Promise<Counters> {
  const redis = connectRedis({ sentinel: { master, sentinels }, onError: () => undefined });
  await untilReady(redis, 10_000);
  const stem = tenantKey(organisation, "budget", "day");
  const read = async () => {
    const counters: Counter[] = [];
    for (const key of await redis.keys(`${stem.replace(/[{}]/g, "\\$&")}:*`)) {
      const dayMs = Number(key.slice(stem.length + 1));
      for (const [scope, packed] of Object.entries(await redis.hgetallBuffer(key))) {
        // Used tokens, used cost, reserved tokens, reserved cost.
        counters.push({ scope, dayMs, used: packed.readDoubleLE(0), reserved: packed.readDoubleLE(16) });
      }
    }
    return counters;
  };
  return { read: () => read().catch(() => undefined), close: () => closeRedis(redis) };
}

interface Row {
  readonly scope: string;
  readonly start_ms: number;
  readonly used_tokens: number;
  readonly reserved_tokens: number;
}

/** Counters in the file of an embedded store. */
export function sqliteCounters(dataDirectory: string): Counters {
  let database: DatabaseSync | undefined;
  const read = () => {
    database ??= new DatabaseSync(join(dataDirectory, "budget.db"), { readOnly: true, timeout: 5_000 });
    const rows = database.prepare("SELECT * FROM account WHERE period = 'day'").all() as unknown as Row[];
    return rows.map(({ scope, start_ms, used_tokens, reserved_tokens }) => ({
      scope,
      dayMs: start_ms,
      used: used_tokens,
      reserved: reserved_tokens,
    }));
  };
  return {
    async read() {
      try {
        return read();
      } catch {
        return undefined;
      }
    },
    close: async () => database?.close(),
  };
}
