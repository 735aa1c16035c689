export type { ChainableCommander, Cluster, Redis } from "ioredis";
export {
  closeRedis,
  connectRedis,
  type RedisClient,
  type RedisClusterPlace,
  type RedisConnection,
  type RedisManners,
  type RedisPlace,
  type RedisSentinelPlace,
  untilReady,
  withoutCommand,
} from "./connect-redis.ts";
export { defineScript, type Script, type ScriptDefinition } from "./define-script.ts";
export { keyPart, tenantKey } from "./tenant-key.ts";
