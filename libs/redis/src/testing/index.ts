export { type BreakableLine, breakableLine } from "./breakable-line.ts";
export { findBenchmark } from "./find-benchmark.ts";
export { freePort } from "./launch-redis.ts";
export { type RedisCluster, startRedisCluster } from "./start-cluster.ts";
export { type RedisServer, type RedisServerOptions, startRedis } from "./start-redis.ts";
export { type RedisSentinel, startRedisSentinel } from "./start-sentinel.ts";
