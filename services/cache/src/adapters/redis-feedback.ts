import { defineScript, type RedisClient, tenantKey, withoutCommand } from "@switchyard/redis";
import { evidenceLifeMs, type Feedback } from "../ports.ts";
import { storeUnavailable } from "./store-unavailable.ts";

/** KEYS: the evidence. ARGV: the answer reported, how long reports count. */
const reportScript = defineScript<null>({
  name: "report bad hit",
  numberOfKeys: 1,
  lua: `
if redis.call("HSETNX", KEYS[1], "report:" .. ARGV[1], 1) == 1 then
  redis.call("HINCRBY", KEYS[1], "bad", 1)
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
end
return false`,
});

/** KEYS: the evidence. Counts nothing where nothing was reported. */
const countHitScript = defineScript<null>({
  name: "count hit",
  numberOfKeys: 1,
  lua: `
if redis.call("EXISTS", KEYS[1]) == 1 then redis.call("HINCRBY", KEYS[1], "hits", 1) end
return false`,
});

/**
 * Remembers feedback in Redis, shared by all replicas, at `switchyard:{tenant}:cache-feedback:PARTITION`. `redis` stays its
 * owner's.
 */
export function createRedisFeedback(redis: RedisClient): Feedback {
  const keyOf = (tenant: string, partition: string) => tenantKey(tenant, "cache-feedback", partition);
  return {
    async of(tenant, partition) {
      const [bad, hits] = await reported(redis.hmget(keyOf(tenant, partition), "bad", "hits"));
      return { bad: Number(bad ?? 0), hits: Number(hits ?? 0) };
    },
    async countHit(tenant, partition) {
      await reported(countHitScript(redis, [keyOf(tenant, partition)], []));
    },
    async report(tenant, partition, answer) {
      await reported(reportScript(redis, [keyOf(tenant, partition)], [answer, evidenceLifeMs]));
    },
    close: async () => undefined,
  };
}

async function reported<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storeUnavailable(withoutCommand(error));
  }
}
