export type { ChainableCommander, Redis } from "ioredis";
export {
  closeRedis,
  connectRedis,
  type RedisClient,
  type RedisConnection,
  untilReady,
  withoutCommand,
} from "./connect-redis.ts";
export { defineScript, type Script, type ScriptDefinition } from "./define-script.ts";
export { keyPart, tenantKey } from "./tenant-key.ts";
