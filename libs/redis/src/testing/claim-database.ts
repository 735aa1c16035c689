import { Redis } from "ioredis";
import type { RedisServer } from "./start-redis.ts";

const marker = "switchyard:test-database";

/** A claim that old was left behind by a run that died. */
const abandonedAfterSeconds = 3_600;

/** Takes the selected database if it is empty, or holds only what an abandoned test run left. */
const claim = `
local claimed = tonumber(redis.call('GET', KEYS[1]))
local now = tonumber(redis.call('TIME')[1])
if claimed and now - claimed > tonumber(ARGV[1]) then redis.call('FLUSHDB') end
if redis.call('DBSIZE') > 0 then return 0 end
redis.call('SET', KEYS[1], now)
return 1`;

/**
 * Claims a database of a running server for one test file: the first that is empty. The claim is a key in it, so files
 * that run side by side get different ones; `flush` keeps it, `stop` clears the database and so gives it back. Databases
 * that hold anything else are left alone. Rejects where none is free.
 */
export async function claimDatabase(url: string): Promise<RedisServer> {
  for (let index = 0; ; index++) {
    const redis = new Redis(url, { maxRetriesPerRequest: 0 });
    redis.on("error", () => undefined);
    try {
      await redis.select(index);
      if ((await redis.eval(claim, 1, marker, abandonedAfterSeconds)) === 1) return claimed(url, index);
    } catch (error) {
      throw new Error(`REDIS_URL: no empty database to test in (${index} looked at): ${(error as Error).message}`);
    } finally {
      redis.disconnect();
    }
  }
}

function claimed(url: string, index: number): RedisServer {
  const own = new URL(url);
  own.pathname = `/${index}`;
  const withOwn = async (work: (redis: Redis) => Promise<unknown>) => {
    const redis = new Redis(own.href);
    await work(redis);
    redis.disconnect();
  };
  return {
    url: own.href,
    given: true,
    flush: () =>
      withOwn((redis) =>
        redis
          .multi()
          .flushdb()
          .set(marker, Math.floor(Date.now() / 1000))
          .exec(),
      ),
    stop: () => withOwn((redis) => redis.flushdb()),
  };
}
