export { type Deployment, deploymentsOf } from "./deployments.ts";
export { ConfigError, defaultConfigPath, loadConfig, parseConfig } from "./load.ts";
export type {
  ApiKeyConfig,
  BudgetConfig,
  BudgetTierConfig,
  CacheConfig,
  CapabilityName,
  Config,
  GatewayConfig,
  ModelConfig,
  ProviderConfig,
  RouterConfig,
  SimulatorConfig,
  TierName,
  TimeoutsConfig,
} from "./schema.ts";
export { Secret } from "./secret.ts";
