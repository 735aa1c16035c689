export type { ChainableCommander, Redis } from "ioredis";
export { closeRedis, connectRedis, type RedisConnection, untilReady, withoutCommand } from "./connect-redis.ts";
export { defineScript, type Script, type ScriptDefinition } from "./define-script.ts";
export { tenantKey } from "./tenant-key.ts";
