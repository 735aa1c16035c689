import { defineScript } from "@switchyard/redis";

/** KEYS: the flight. ARGV: a new lease, its length. Gives the lease that is there, or nothing where the new one is taken. */
export const joinScript = defineScript<string | null>({
  name: "join flight",
  numberOfKeys: 1,
  lua: `
local lease = redis.call("HGET", KEYS[1], "lease")
if lease then return lease end
redis.call("HSET", KEYS[1], "lease", ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return false`,
});

/** What {@link publishScript} found: the lease is another's, or nobody follows, or somebody does. */
export type Published = 0 | 1 | 2;

/**
 * KEYS: the flight, its news. ARGV: lease, its length, news or nothing, the end (`flies`, `landed` or `gone`), how long what
 * has landed stays, the channel.
 */
export const publishScript = defineScript<Published>({
  name: "publish flight",
  numberOfKeys: 2,
  lua: `
local flight = redis.call("HMGET", KEYS[1], "lease", "followed", "landed", "stored")
if flight[1] ~= ARGV[1] or flight[3] then return 0 end
-- Redis may evict the news at its maxmemory: what is left has a gap then, and nobody may follow any more.
if ARGV[3] ~= "" and redis.call("RPUSH", KEYS[2], ARGV[3]) ~= redis.call("HINCRBY", KEYS[1], "pushed", 1) then
  redis.call("DEL", KEYS[1], KEYS[2])
  return 0
end
redis.call("PEXPIRE", KEYS[2], ARGV[2] + ARGV[5])
if ARGV[4] == "flies" then
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
elseif ARGV[4] == "landed" and not flight[4] then
  redis.call("HSET", KEYS[1], "landed", 1)
  redis.call("PEXPIRE", KEYS[1], ARGV[5])
else
  redis.call("DEL", KEYS[1])
end
if ARGV[3] ~= "" and flight[2] then redis.call("PUBLISH", ARGV[6], "") end
return flight[2] and 2 or 1`,
});

/** KEYS: the flight. ARGV: its lease. Notes that somebody follows, if it is still that flight. */
export const markFollowedScript = defineScript<null>({
  name: "follow flight",
  numberOfKeys: 1,
  lua: `
if redis.call("HGET", KEYS[1], "lease") == ARGV[1] then redis.call("HSET", KEYS[1], "followed", 1) end
return false`,
});

/** KEYS: the flight. Nobody finds it from its end on. */
export const forgetScript = defineScript<null>({
  name: "forget flight",
  numberOfKeys: 1,
  lua: `
local flight = redis.call("HMGET", KEYS[1], "lease", "landed")
if flight[2] then
  redis.call("DEL", KEYS[1])
elseif flight[1] then
  redis.call("HSET", KEYS[1], "stored", 1)
end
return false`,
});
