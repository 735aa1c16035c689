import { randomUUID } from "node:crypto";
import type { Config } from "@switchyard/config";
import { BudgetServiceDefinition } from "@switchyard/contracts/budget/v1/budget";
import { CacheServiceDefinition } from "@switchyard/contracts/cache/v1/cache";
import { ClassifierServiceDefinition } from "@switchyard/contracts/classifier/v1/classifier";
import { ProviderServiceDefinition } from "@switchyard/contracts/provider/v1/provider";
import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { type App, type AppContext, connect, type Service, service, type Target } from "@switchyard/rpc";
import { attribute, createInstruments, traceIdOf } from "@switchyard/telemetry";
import { estimateTokens } from "@switchyard/text";
import { accessPolicyOf, catalogueOf } from "./adapters/config-catalogue.ts";
import { grpcBudget } from "./adapters/grpc-budget.ts";
import { grpcCache } from "./adapters/grpc-cache.ts";
import { grpcClassifier } from "./adapters/grpc-classifier.ts";
import { grpcProvider } from "./adapters/grpc-provider.ts";
import { tracedComplete } from "./adapters/opentelemetry-platform.ts";
import { tracedProvider } from "./adapters/opentelemetry-provider.ts";
import { tracedSteps } from "./adapters/opentelemetry-steps.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { admit } from "./domain/admit.ts";
import { atMost } from "./domain/at-most.ts";
import { background } from "./domain/background.ts";
import { complete } from "./domain/complete.ts";
import { createSteps } from "./domain/create-steps.ts";
import { embed } from "./domain/embed.ts";
import { explain } from "./domain/explain.ts";
import type { Platform } from "./domain/platform.ts";
import { complete as completeRpc } from "./rpc/complete.ts";
import { embed as embedRpc } from "./rpc/embed.ts";
import { explain as explainRpc } from "./rpc/explain.ts";
import { listModels } from "./rpc/list-models.ts";
import { streamComplete } from "./rpc/stream-complete.ts";

/** Where the services are that the router calls. */
export interface RouterPeers {
  readonly cache: Target<CacheServiceDefinition>;
  readonly classifier: Target<ClassifierServiceDefinition>;
  readonly budget: Target<BudgetServiceDefinition>;
  readonly providerAdapter: Target<ProviderServiceDefinition>;
}

export interface RouterApp extends App {
  readonly service: Service<RouterServiceDefinition>;
}

/** Builds the router. Its peers may come up later: until then requests go on without cache and classifier, and are refused without budget. */
export async function createRouterApp(config: Config, { logger }: AppContext, peers: RouterPeers): Promise<RouterApp> {
  const instruments = createInstruments();
  const connections = {
    cache: connect(CacheServiceDefinition, peers.cache),
    classifier: connect(ClassifierServiceDefinition, peers.classifier),
    budget: connect(BudgetServiceDefinition, peers.budget),
    provider: connect(ProviderServiceDefinition, peers.providerAdapter),
  };
  const work = background(systemClock, (name, error) => {
    instruments.lateWork.add(1, { [attribute.outcome]: name });
    logger.error({ err: error, step: name }, "background work failed for good");
  });
  const shared = {
    provider: tracedProvider(grpcProvider(connections.provider.client)),
    budget: grpcBudget(connections.budget.client),
    retry: config.router.retry,
    clock: systemClock,
    random: Math.random,
    estimateTokens,
    newRequestId: randomUUID,
    traceId: () => traceIdOf(),
  };
  const catalogue = catalogueOf(config);
  const access = accessPolicyOf(config);
  const steps = tracedSteps(
    createSteps({
      ...shared,
      access,
      policy: { ...config.router, catalogue },
      cache: grpcCache(connections.cache.client, (error) => logger.warn({ err: error }, "the cache is out of reach")),
      classifier: grpcClassifier(connections.classifier.client, (error) => {
        instruments.classifierFallbacks.add(1);
        logger.warn({ err: error }, "the classifier is out of reach");
      }),
      background: work,
    }),
    instruments,
  );
  const platform: Platform = {
    catalogue,
    defaultDeadlineMs: config.router.defaultDeadlineMs,
    admit: (credentials) => void admit(credentials, undefined, access),
    complete: atMost(
      config.router.maxInFlight,
      tracedComplete((incoming) => complete(incoming, steps), instruments),
    ),
    embed: (incoming) => embed(incoming, { ...shared, access, catalogue, afterwards: steps.afterwards }),
    explain: (incoming) => explain(incoming, steps, catalogue),
  };
  const router = service(RouterServiceDefinition, {
    complete: completeRpc(platform),
    streamComplete: streamComplete(platform),
    embed: embedRpc(platform),
    explain: explainRpc(platform),
    listModels: listModels(platform),
  });
  return {
    service: router,
    services: [router],
    isReady: () => true,
    async close() {
      await work.idle();
      for (const connection of Object.values(connections)) connection.close();
    },
  };
}
