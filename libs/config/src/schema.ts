import { z } from "zod";
import { type Surroundings, secretFrom, textFrom } from "./references.ts";

const address = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, "must be host:port");
const positiveInt = z.int().positive();
const milliseconds = positiveInt;
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be 1 to 128 letters, digits or . _ : / -");

const tier = z.enum(["economy", "standard", "premium"]);
const task = z.enum([
  "chat",
  "classification",
  "extraction",
  "summarization",
  "translation",
  "code",
  "reasoning",
  "writing",
]);
const capability = z.enum(["tools", "json_schema", "vision", "audio", "embeddings"]);
const store = z.enum(["embedded", "redis"]);
const fraction = z.number().min(0).max(1);

/** Where a gRPC service listens: calls on one port, `/metrics` and probes on another. */
const listener = (port: number, adminPort: number) => ({
  listen: address.default(`127.0.0.1:${port}`),
  adminListen: address.default(`127.0.0.1:${adminPort}`),
});

const gateway = z.strictObject({
  listen: address.default("127.0.0.1:8080"),
  /** Largest request body, in bytes. */
  maxBodyBytes: positiveInt.default(20 * 1024 * 1024),
  /** How long a caller is made to wait at most, in milliseconds. */
  requestTimeoutMs: milliseconds.default(300_000),
});

const router = z.strictObject({
  ...listener(50051, 9451),
  /** Model that savings are measured against. */
  baselineModel: name,
  /** Chance of being as good as the baseline that `auto` requests ask for unless they say otherwise. */
  qualityTarget: fraction.default(0.9),
  /** Time a request gets whose caller set no deadline, in milliseconds. */
  defaultDeadlineMs: milliseconds.default(120_000),
  /** Bound on output tokens of requests that give none; sent to the provider and reserved from the budget. */
  defaultMaxOutputTokens: positiveInt.default(4_096),
  /** Models tried at most for one request. */
  maxCandidates: positiveInt.default(4),
  /** Requests worked on at once; more are refused. */
  maxInFlight: positiveInt.default(2_000),
  retry: z
    .strictObject({
      /** Tries at one model before the next, the first included. */
      attemptsPerModel: positiveInt.max(5).default(2),
      backoffMs: milliseconds.default(200),
      maxBackoffMs: milliseconds.default(2_000),
      /** A provider that asks for a longer pause is passed over while another candidate is left. */
      maxRetryAfterMs: milliseconds.default(5_000),
    })
    .prefault({}),
});

const classifier = z.strictObject(listener(50052, 9452));

const cache = z.strictObject({
  ...listener(50053, 9453),
  store: store.default("embedded"),
  /** Life of an answer, in seconds. */
  ttlSeconds: positiveInt.default(86_400),
  /** Life of an answer under an idempotency key, in seconds. */
  idempotencyTtlSeconds: positiveInt.default(86_400),
  /** Largest answer kept, in bytes. */
  maxEntryBytes: positiveInt.default(1024 * 1024),
  /** Size of the embedded store, in bytes; the least recently used answers go first. Redis is bounded by its own maxmemory. */
  maxBytes: positiveInt.default(512 * 1024 * 1024),
  /** Requests with a higher temperature are not cached. */
  maxTemperature: z.number().min(0).max(2).default(1),
});

const limits = z.strictObject({
  tokensPerDay: positiveInt.optional(),
  /** At most what nano-USD count exactly in a double. */
  usdPerDay: z.number().positive().max(9_000_000).optional(),
});

const budgetTier = z.strictObject({
  /** What all users of a tenant together may use. */
  tenant: limits.prefault({}),
  /** What each user of a tenant may use. */
  user: limits.prefault({}),
});

const budget = z.strictObject({
  ...listener(50054, 9454),
  store: store.default("embedded"),
  /** How long a reservation holds before it counts as spent, in seconds. */
  leaseSeconds: positiveInt.max(86_400).default(600),
  tiers: z.record(name, budgetTier).default({
    free: { tenant: { tokensPerDay: 10_000 }, user: {} },
    pro: { tenant: { tokensPerDay: 100_000 }, user: {} },
    enterprise: { tenant: { tokensPerDay: 1_000_000 }, user: {} },
  }),
  /** Limits of single tenants, over those of their tier. */
  tenants: z.record(name, budgetTier).default({}),
});

const timeouts = z.strictObject({
  connectMs: milliseconds.default(3_000),
  /** To the first content of a stream. Whole answers know only totalMs: providers send their headers with the answer. */
  firstTokenMs: milliseconds.default(30_000),
  /** Between two pieces of an answer. */
  stallMs: milliseconds.default(20_000),
  totalMs: milliseconds.default(300_000),
});

const providerAdapter = z.strictObject(listener(50055, 9455));

const httpUrl = (value: string | undefined) =>
  value === undefined || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));

const provider = (surroundings: Surroundings) =>
  z.strictObject({
    /** Name of the provider in the GenAI conventions: `openai`, `deepseek`, ... */
    name: name.optional(),
    baseUrl: textFrom(surroundings).refine(httpUrl, "must be an http or https URL"),
    /** Keys, used in turn. A provider without a resolved key or address serves nothing. */
    keys: z.array(secretFrom(surroundings)).min(1),
    timeouts: timeouts.prefault({}),
    /** Connections kept to it at most. */
    maxConnections: positiveInt.default(256),
    /** Field that carries the bound on output tokens; OpenAI's reasoning models take only the newer one. */
    maxTokensField: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
  });

const model = z.strictObject({
  id: name,
  /** Providers that serve it, in order of preference; the first that has address and key is used. */
  providers: z.array(name).min(1),
  /** Its name at the provider, if another. */
  upstreamModel: z.string().min(1).optional(),
  tier,
  contextWindow: positiveInt,
  maxOutputTokens: positiveInt,
  capabilities: z.array(capability).default([]),
  /** Models that answer in its place when it fails, in this order, for requests that name it. */
  fallbacks: z.array(name).default([]),
  /** Most sensitive prompts it may see. */
  maxSensitivity: z.enum(["public", "internal", "confidential", "restricted"]).default("confidential"),
  /** USD per million tokens. */
  prices: z.strictObject({
    input: z.number().min(0),
    cachedInput: z.number().min(0).optional(),
    output: z.number().min(0),
  }),
});

const apiKey = z.strictObject({
  /** For people; appears in logs in place of the key. */
  name,
  /** SHA-256 of the key, 64 hex digits: `printf %s "$KEY" | sha256sum`. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits: the SHA-256 of the key"),
  tenant: name,
  user: name.optional(),
  budgetTier: name,
});

const simulator = z.strictObject({
  listen: address.default("127.0.0.1:8090"),
  /** Milliseconds to the first token. */
  firstTokenMs: z.int().min(0).default(40),
  /** Output tokens per second; 0 sends everything at once. */
  tokensPerSecond: z.int().min(0).default(400),
  /** Share of requests that fail, by kind. */
  faults: z
    .strictObject({ rateLimit: fraction.default(0), serverError: fraction.default(0), cutStream: fraction.default(0) })
    .prefault({}),
});

const configuration = (surroundings: Surroundings) =>
  z
    .strictObject({
      gateway: gateway.prefault({}),
      router,
      classifier: classifier.prefault({}),
      cache: cache.prefault({}),
      budget: budget.prefault({}),
      providerAdapter: providerAdapter.prefault({}),
      simulator: simulator.prefault({}),
      /** Where the services find each other when each is its own process. */
      peers: z
        .strictObject({
          router: z.string().default("dns:///127.0.0.1:50051"),
          classifier: z.string().default("dns:///127.0.0.1:50052"),
          cache: z.string().default("dns:///127.0.0.1:50053"),
          budget: z.string().default("dns:///127.0.0.1:50054"),
          providerAdapter: z.string().default("dns:///127.0.0.1:50055"),
        })
        .prefault({}),
      /** Folder of the embedded stores. */
      dataDirectory: z.string().min(1).default(".switchyard"),
      redis: z.strictObject({ url: secretFrom(surroundings) }).optional(),
      apiKeys: z.array(apiKey).default([]),
      /** For whom callers without a key act. They are served on loopback only, and only while no key is configured. */
      anonymous: z.strictObject({ tenant: name.default("local"), budgetTier: name.default("enterprise") }).prefault({}),
      providers: z.record(name, provider(surroundings)),
      models: z.array(model).min(1),
      log: z
        .strictObject({ level: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info") })
        .prefault({}),
      /** How long a draining service waits for calls in flight, in milliseconds. */
      drainMs: milliseconds.default(25_000),
    })
    .superRefine((config, context) => {
      const issue = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
      const ids = new Set<string>();
      config.models.forEach((entry, index) => {
        if (ids.has(entry.id) || entry.id === "auto") issue(["models", index, "id"], `"${entry.id}" is taken`);
        ids.add(entry.id);
        entry.providers.forEach((provider, at) => {
          if (!Object.hasOwn(config.providers, provider)) {
            issue(["models", index, "providers", at], `no provider "${provider}" in providers`);
          }
        });
      });
      config.models.forEach((entry, index) => {
        entry.fallbacks.forEach((fallback, at) => {
          if (!ids.has(fallback)) issue(["models", index, "fallbacks", at], `no model "${fallback}" in models`);
        });
      });
      if (!ids.has(config.router.baselineModel)) {
        issue(["router", "baselineModel"], `no model "${config.router.baselineModel}" in models`);
      }
      const knownTier = (value: string) => Object.hasOwn(config.budget.tiers, value);
      config.apiKeys.forEach((key, index) => {
        if (!knownTier(key.budgetTier))
          issue(["apiKeys", index, "budgetTier"], `no tier "${key.budgetTier}" in budget.tiers`);
        if (config.apiKeys.findIndex((other) => other.sha256 === key.sha256) !== index) {
          issue(["apiKeys", index, "sha256"], "the same key stands here twice");
        }
      });
      if (!knownTier(config.anonymous.budgetTier)) {
        issue(["anonymous", "budgetTier"], `no tier "${config.anonymous.budgetTier}" in budget.tiers`);
      }
      for (const service of ["cache", "budget"] as const) {
        if (config[service].store === "redis" && config.redis?.url === undefined) {
          issue([service, "store"], "is redis, but redis.url leads nowhere: set it, and the variable or file it names");
        }
      }
    });

/** Parses a configuration whose references are resolved against the surroundings. */
export const configurationSchema = configuration;

export type Config = z.output<ReturnType<typeof configuration>>;
export type GatewayConfig = Config["gateway"];
export type RouterConfig = Config["router"];
export type CacheConfig = Config["cache"];
export type BudgetConfig = Config["budget"];
export type BudgetTierConfig = z.output<typeof budgetTier>;
export type ProviderConfig = Config["providers"][string];
export type TimeoutsConfig = ProviderConfig["timeouts"];
export type ModelConfig = Config["models"][number];
export type ApiKeyConfig = Config["apiKeys"][number];
export type SimulatorConfig = Config["simulator"];
export type TaskName = z.output<typeof task>;
export type TierName = z.output<typeof tier>;
export type CapabilityName = z.output<typeof capability>;
