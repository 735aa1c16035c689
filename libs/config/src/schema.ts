import { resolve } from "node:path";
import { z } from "zod";
import { apiKey } from "./access-schema.ts";
import { budget } from "./budget-schema.ts";
import { modelsFrom } from "./catalogue-file.ts";
import { model, provider } from "./catalogue-schema.ts";
import { milliseconds, name } from "./primitives.ts";
import { redis, redisPlaceOf } from "./redis-schema.ts";
import type { Surroundings } from "./references.ts";
import { rpc } from "./rpc-schema.ts";
import { cache, classifier, gateway, providerAdapter, router, simulator } from "./services-schema.ts";

/** Parses a configuration whose references are resolved against the surroundings. */
export const configurationSchema = (surroundings: Surroundings) =>
  z
    .strictObject({
      gateway: gateway.prefault({}),
      router: router.transform((own) => withPaths(own, surroundings.folder)),
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
      redis: redis(surroundings).optional(),
      apiKeys: z.array(apiKey).default([]),
      /** For whom callers without a key act. They are served on loopback only, and only while no key is configured. */
      anonymous: z.strictObject({ tenant: name.default("local"), budgetTier: name.default("enterprise") }).prefault({}),
      providers: z.record(name, provider(surroundings)),
      /** The catalogue: models, or `{ file, rules, and }`. */
      models: modelsFrom(surroundings).pipe(z.array(model).min(1)),
      log: z
        .strictObject({ level: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info") })
        .prefault({}),
      rpc: rpc(surroundings).prefault({}),
      /**
       * How long a service that is asked to end says that it is not ready and serves on, in milliseconds: as long as whoever sends it
       * traffic takes to hear of it.
       */
      drainNoticeMs: z.int().min(0).max(600_000).default(0),
      /** How many traces the standalone platform keeps in memory for `switchyard trace`, where they are not exported; 0 keeps none. */
      traces: z.strictObject({ keep: z.int().min(0).max(10_000).default(200) }).prefault({}),
      /** How long a draining service then waits for calls in flight, in milliseconds. */
      drainMs: milliseconds.default(25_000),
    })
    .superRefine((config, context) => {
      const issue = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
      const ids = new Set<string>();
      config.models.forEach((entry, index) => {
        if (ids.has(entry.id) || entry.id === "auto") issue(["models", index, "id"], `"${entry.id}" is taken`);
        ids.add(entry.id);
        const seen = new Set<string>();
        entry.providers.forEach((equals, at) => {
          for (const { name: provider } of equals) {
            const path = ["models", index, "providers", at];
            if (!Object.hasOwn(config.providers, provider)) issue(path, `no provider "${provider}" in providers`);
            if (seen.has(provider)) issue(path, `"${provider}" stands here twice`);
            seen.add(provider);
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
      config.router.experiments.forEach(({ arms }, at) => {
        for (const [index, { without, kind }] of arms.entries()) {
          const path = ["router", "experiments", at, "arms", index];
          for (const id of without) if (!ids.has(id)) issue([...path, "without"], `no model "${id}" in models`);
          if (kind === "two-model" && !config.router.policy.twoModel) {
            issue([...path, "kind"], "needs router.policy.twoModel");
          }
        }
      });
      const { judge } = config.router.cascade;
      if (judge !== undefined && !ids.has(judge)) {
        issue(["router", "cascade", "judge"], `no model "${judge}" in models`);
      }
      const { model: opinion } = config.router.secondOpinion;
      if (opinion !== undefined && !ids.has(opinion)) {
        issue(["router", "secondOpinion", "model"], `no model "${opinion}" in models`);
      }
      const { twoModel } = config.router.policy;
      for (const [role, id] of Object.entries({ strong: twoModel?.strong, weak: twoModel?.weak })) {
        if (id !== undefined && !ids.has(id))
          issue(["router", "policy", "twoModel", role], `no model "${id}" in models`);
      }
      for (const id of Object.keys(config.router.policy.weights)) {
        if (!ids.has(id)) issue(["router", "policy", "weights", id], `no model "${id}" in models`);
      }
      const knownTier = (value: string) => Object.hasOwn(config.budget.tiers, value);
      config.apiKeys.forEach((key, index) => {
        if (!knownTier(key.budgetTier))
          issue(["apiKeys", index, "budgetTier"], `no tier "${key.budgetTier}" in budget.tiers`);
        if (config.apiKeys.findIndex((other) => other.sha256 === key.sha256) !== index) {
          issue(["apiKeys", index, "sha256"], "the same key stands here twice");
        }
        const ofTenant = config.apiKeys.find(({ tenant }) => tenant === key.tenant);
        if (ofTenant && ofTenant.organisation !== key.organisation) {
          issue(
            ["apiKeys", index, "organisation"],
            `"${key.tenant}" belongs to one organisation: the same for all its keys`,
          );
        }
      });
      if (!knownTier(config.anonymous.budgetTier)) {
        issue(["anonymous", "budgetTier"], `no tier "${config.anonymous.budgetTier}" in budget.tiers`);
      }
      if (config.router.breaker.shared && config.redis?.url === undefined) {
        issue(["router", "breaker", "shared"], "needs Redis, but redis.url leads nowhere: set it, and what it names");
      }
      if (config.router.outcomes.store === "redis" && redisPlaceOf(config.redis) === undefined) {
        issue(["router", "outcomes", "store"], "is redis, but redis.url leads nowhere: set it, and what it names");
      }
      const { embedder } = config.cache.semantic;
      if (
        embedder !== "builtin" &&
        !config.models.some(({ id, capabilities }) => id === embedder && capabilities.includes("embeddings"))
      ) {
        issue(["cache", "semantic", "embedder"], `no model "${embedder}" with the capability "embeddings" in models`);
      }
      const grouped = new Set<string>();
      for (const [group, tenants] of Object.entries(config.cache.sharingGroups)) {
        tenants.forEach((tenant, at) => {
          if (grouped.has(tenant)) issue(["cache", "sharingGroups", group, at], `"${tenant}" is in a group already`);
          grouped.add(tenant);
        });
      }
      for (const service of ["cache", "budget"] as const) {
        if (config[service].store === "redis" && redisPlaceOf(config.redis) === undefined) {
          issue([service, "store"], "is redis, but redis.url leads nowhere: set it, and the variable or file it names");
        }
      }
    });

/** Files that belong to the configuration stand where it does. */
function withPaths(own: z.output<typeof router>, folder: string): z.output<typeof router> {
  const { policy } = own;
  const oddsFile = policy.oddsFile === undefined ? undefined : resolve(folder, policy.oddsFile);
  return { ...own, policy: { ...policy, oddsFile } };
}

export type Config = z.output<ReturnType<typeof configurationSchema>>;
export type GatewayConfig = Config["gateway"];
export type ProviderConfig = Config["providers"][string];
export type ModelConfig = Config["models"][number];
export type TierName = ModelConfig["tier"];
