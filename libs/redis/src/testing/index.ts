export { type BreakableLine, breakableLine } from "./breakable-line.ts";
export { type RedisServer, type RedisServerOptions, startRedis } from "./start-redis.ts";
