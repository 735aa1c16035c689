export { type Deployment, deploymentsOf } from "./deployments.ts";
export { followConfig, type OnConfig } from "./follow.ts";
export { ConfigError, defaultConfigPath, loadConfig, parseConfig } from "./load.ts";
export { type RedisPlace, redisPlaceOf } from "./redis-schema.ts";
export { type Reloaded, reloadOver } from "./reload.ts";
export type {
  Config,
  GatewayConfig,
  ModelConfig,
  ProviderConfig,
  TierName,
} from "./schema.ts";
export { Secret } from "./secret.ts";
