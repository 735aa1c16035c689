import { randomUUID } from "node:crypto";
import type { Config } from "@switchyard/config";
import { BudgetServiceDefinition } from "@switchyard/contracts/budget/v1/budget";
import { CacheServiceDefinition } from "@switchyard/contracts/cache/v1/cache";
import { ClassifierServiceDefinition } from "@switchyard/contracts/classifier/v1/classifier";
import { ProviderServiceDefinition } from "@switchyard/contracts/provider/v1/provider";
import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { ChatRequest } from "@switchyard/contracts/type/v1/chat";
import { type App, type AppContext, connect, RpcError, type Service, service, type Target } from "@switchyard/rpc";
import { createInstruments, traceIdOf } from "@switchyard/telemetry";
import { estimateTokens } from "@switchyard/text";
import { answerValidator } from "./adapters/ajv-answer-validator.ts";
import { cascadePolicyOf } from "./adapters/config-cascade.ts";
import { accessPolicyOf, catalogueOf } from "./adapters/config-catalogue.ts";
import { experimentsOf } from "./adapters/config-experiments.ts";
import { type ChosenPolicy, chosenPolicy } from "./adapters/config-policy.ts";
import { grpcBudget } from "./adapters/grpc-budget.ts";
import { grpcCache } from "./adapters/grpc-cache.ts";
import { grpcClassifier } from "./adapters/grpc-classifier.ts";
import { grpcProvider } from "./adapters/grpc-provider.ts";
import { telemetryObserver } from "./adapters/opentelemetry-observer.ts";
import { tracedComplete, tracedEmbed } from "./adapters/opentelemetry-platform.ts";
import { tracedProvider } from "./adapters/opentelemetry-provider.ts";
import { tracedSteps } from "./adapters/opentelemetry-steps.ts";
import { outageLog } from "./adapters/outage-log.ts";
import { type BreakerNewsExchange, redisBreakerNews } from "./adapters/redis-breaker-news.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { admit, admitOperator } from "./domain/admit.ts";
import { background } from "./domain/background.ts";
import { complete } from "./domain/complete.ts";
import { createSteps } from "./domain/create-steps.ts";
import type { DecisionPolicy } from "./domain/decide.ts";
import { createResilience } from "./domain/dispatch/resilience.ts";
import { embed } from "./domain/embed.ts";
import { explain } from "./domain/explain.ts";
import { createGate } from "./domain/gate.ts";
import { gated } from "./domain/gated.ts";
import { invalidateCache, reportBadHit } from "./domain/mend-cache.ts";
import { createLabels } from "./domain/opinion/labels.ts";
import { recordOutcome } from "./domain/outcomes/record-outcome.ts";
import type { Platform } from "./domain/platform.ts";
import { learnerPolicyOf, openLearning } from "./learning.ts";
import type { Observer } from "./ports.ts";
import { comparePolicyVersions } from "./rpc/compare-policy-versions.ts";
import { complete as completeRpc } from "./rpc/complete.ts";
import { embed as embedRpc } from "./rpc/embed.ts";
import { explain as explainRpc } from "./rpc/explain.ts";
import { invalidateCache as invalidateCacheRpc } from "./rpc/invalidate-cache.ts";
import { listModels } from "./rpc/list-models.ts";
import { listPolicyVersions } from "./rpc/list-policy-versions.ts";
import { pinPolicyVersion } from "./rpc/pin-policy-version.ts";
import { readBudget } from "./rpc/read-budget.ts";
import { recordOutcome as recordOutcomeRpc } from "./rpc/record-outcome.ts";
import { reportBadHit as reportBadHitRpc } from "./rpc/report-bad-hit.ts";
import { rollBackPolicy } from "./rpc/roll-back-policy.ts";
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
  const work = background(systemClock, isPassing, (error) => {
    instruments.lateWork.add(1);
    logger.error({ err: error }, "background work failed for good");
  });
  const access = { ...accessPolicyOf(config) };
  const telemetry = telemetryObserver(instruments, logger);
  const redisUrl = config.router.breaker.shared ? config.redis?.url : undefined;
  const news =
    redisUrl &&
    redisBreakerNews(redisUrl.reveal(), logger, (model, provider, openMs) => {
      const deployment = platform.catalogue.byId.get(model)?.deployments.find((one) => one.provider === provider);
      if (deployment) resilience.fleet.of(deployment).breaker.holdOpen(openMs, "heard");
    });
  const observer = news ? tellingOthers(telemetry, news) : telemetry;
  const resilience = createResilience(config.router, systemClock, observer);
  const validator = answerValidator();
  const choose = (config: Config) => chosenPolicy(config.router.policy, resilience.fleet);
  const chosenFirst = choose(config);
  const learning = await openLearning(config, learnerPolicyOf(config, chosenFirst.weights), systemClock, logger);
  const shared = {
    access,
    provider: tracedProvider(grpcProvider(connections.provider.client)),
    budget: grpcBudget(connections.budget.client, outageLog(logger, "budget service")),
    background: work,
    sendsPromptCacheKeys: Object.values(config.providers).some(({ promptCacheKey }) => promptCacheKey),
    keepsTruncated: config.cache.storeTruncated,
    resilience,
    observer,
    keepForJudgement: learning.learner.keep,
    clock: systemClock,
    random: Math.random,
    estimateTokens,
    newRequestId: randomUUID,
    cache: grpcCache(connections.cache.client, outageLog(logger, "cache")),
    traceId: () => traceIdOf(),
    onUnforeseen: (error: unknown) => logger.error({ err: error }, "unforeseen error in an attempt"),
  };
  const labels = createLabels({ most: 1_000, keepMs: 24 * 3_600_000 }, systemClock.now);
  const gate = createGate(config.router.maxInFlight);
  /** What the configuration decides on while the process runs. */
  const platformBy = (config: Config, { basisOf, ...chosen }: ChosenPolicy): Platform => {
    const catalogue = catalogueOf(config);
    const cascade = cascadePolicyOf(config.router.cascade, validator);
    const { lessons } = learning.learner;
    const { qualityTarget, maxCandidates, defaultMaxOutputTokens } = config.router;
    const bounds = { catalogue, qualityTarget, maxCandidates, defaultMaxOutputTokens, nowMs: systemClock.now };
    const plain: DecisionPolicy = { ...bounds, ...chosen, cascade, lessons };
    const policy: DecisionPolicy = { ...plain, experiments: experimentsOf(config.router, plain) };
    const steps = tracedSteps(
      createSteps({
        ...shared,
        policy,
        cascade,
        opinion: { policy: config.router.secondOpinion, labels },
        classifier: grpcClassifier(connections.classifier.client, outageLog(logger, "classifier"), () =>
          instruments.classifierFallbacks.add(1),
        ),
      }),
      instruments,
    );
    return {
      catalogue,
      policyKind: config.router.policy.kind,
      defaultDeadlineMs: config.router.defaultDeadlineMs,
      admit: (credentials) => void admit(credentials, undefined, shared.access),
      complete: tracedComplete(
        gated(gate, (incoming) => complete(incoming, steps)),
        instruments,
      ),
      embed: tracedEmbed(async (incoming) => {
        const leave = gate.enter();
        return embed(incoming, { ...shared, catalogue }).finally(leave);
      }, instruments),
      explain: (incoming) => explain(incoming, { steps, policy, basisOf }),
      recordOutcome: (report) =>
        recordOutcome(report, {
          ...shared,
          policy,
          store: learning.store,
          steps,
          weights: config.router.outcomes.weights,
          chatOf,
        }),
      govern: (credentials) => {
        admitOperator(credentials, shared.access);
        return learning.learner;
      },
      async reportBadHit(mending, entryId) {
        const isRemoved = await reportBadHit(mending, entryId, shared);
        // A second report of the same answer says nothing new.
        if (isRemoved) instruments.badHits.add(1);
        return isRemoved;
      },
      invalidateCache: (mending, removal) => invalidateCache(mending, removal, shared),
    };
  };
  const platform = platformBy(config, chosenFirst);
  const router = service(RouterServiceDefinition, {
    complete: completeRpc(platform),
    streamComplete: streamComplete(platform),
    embed: embedRpc(platform),
    explain: explainRpc(platform),
    listModels: (request, call) => listModels(platform)(request, call),
    reportBadHit: reportBadHitRpc(platform),
    invalidateCache: invalidateCacheRpc(platform),
    recordOutcome: recordOutcomeRpc(platform),
    listPolicyVersions: listPolicyVersions(platform),
    comparePolicyVersions: comparePolicyVersions(platform),
    pinPolicyVersion: pinPolicyVersion(platform),
    rollBackPolicy: rollBackPolicy(platform),
  });
  const books = service(BudgetServiceDefinition, readBudget(connections.budget.client, shared.access));
  return {
    service: router,
    services: [router, books],
    isReady: () => true,
    reconfigure(next) {
      Object.assign(access, accessPolicyOf(next));
      const chosen = choose(next);
      Object.assign(platform, platformBy(next, chosen));
      void learning.follow(learnerPolicyOf(next, chosen.weights));
    },
    async close() {
      await work.finish(config.drainMs / 2);
      await learning.close();
      await news?.close();
      for (const connection of Object.values(connections)) connection.close();
    },
  };
}

/** The request that a prompt alone makes. */
const chatOf = (text: string) =>
  ChatRequest.fromPartial({
    model: "auto",
    messages: [{ role: "ROLE_USER", content: [{ part: { $case: "text", value: text } }] }],
  });

/** Whether another try may help: not where the peer found the request itself wrong. */
const isPassing = (error: unknown) => !(error instanceof RpcError && error.reason === "INVALID_REQUEST");

/** An observer that passes on what this process saw itself. */
const tellingOthers = (observer: Observer, news: BreakerNewsExchange): Observer => ({
  ...observer,
  breakerChanged(deployment, change) {
    observer.breakerChanged(deployment, change);
    if (change.state === "open" && change.source === "seen") news.tell(deployment, change.openMs);
  },
});
