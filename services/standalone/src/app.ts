import type { Config } from "@switchyard/config";
import {
  type BudgetServiceDefinition as Budget,
  BudgetServiceDefinition,
} from "@switchyard/contracts/budget/v1/budget";
import { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import {
  type AppContext,
  type Client,
  certificatesOf,
  connect,
  type Service,
  type ServiceDefinition,
  serve,
  serving,
} from "@switchyard/rpc";
import { createBudgetApp } from "@switchyard/service-budget";
import { createCacheApp } from "@switchyard/service-cache";
import { createClassifierApp } from "@switchyard/service-classifier";
import { createGatewayApp } from "@switchyard/service-gateway";
import { createProviderAdapterApp } from "@switchyard/service-provider-adapter";
import { createRouterApp } from "@switchyard/service-router";
import { createSimulator } from "@switchyard/service-simulator";
import type { Telemetry } from "@switchyard/telemetry";
import { hasProvider, simulated } from "./simulate.ts";

export interface StandaloneContext extends AppContext {
  readonly scrape: Telemetry["scrape"];
}

/** The whole platform in one process. */
export interface Standalone {
  /** `http://127.0.0.1:8080`. */
  readonly httpUrl: string;
  /** `127.0.0.1:50051`: RouterService. */
  readonly grpcAddress: string;
  /** `127.0.0.1:50054`: BudgetService, for reading the ledger. */
  readonly budgetAddress: string;
  /** Whether answers come from the simulator, for want of a provider with address and key. */
  readonly isSimulated: boolean;
  /** What the configuration has come to, simulator included. */
  readonly config: Config;
  /** The ledger, without a socket. */
  readonly budget: Client<Budget>;
  /** Goes on with another configuration, which differs only in what may change while a process runs. */
  reconfigure(config: Config): void;
  /** Stops taking requests, finishes those in flight, closes the stores. */
  close(): Promise<void>;
}

/**
 * Builds every service and joins them in-process; only RouterService, BudgetService and HTTP are on sockets. What it opens it
 * closes again if a part cannot start.
 */
export async function createStandalone(given: Config, { logger, scrape }: StandaloneContext): Promise<Standalone> {
  refuseOpenBudget(given);
  await using opened = new AsyncDisposableStack();
  const part = (name: string): AppContext => ({ logger: logger.child({ service: name }) });
  const inProcess = <D extends ServiceDefinition>(service: Service<D>) => ({
    inProcess: service,
    onUnforeseen: (method: string, error: Error) =>
      logger.error({ err: error.cause ?? error, method }, "unforeseen error"),
  });
  const closing = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    opened.defer(() => part.close());
    return part;
  };

  const simulator = hasProvider(given) ? undefined : closing(await createSimulator(given, { listen: "127.0.0.1:0" }));
  const config = simulator ? simulated(given, simulator.url) : given;
  const classifier = closing(await createClassifierApp(config, part("classifier")));
  const providerAdapter = closing(await createProviderAdapterApp(config, part("provider-adapter")));
  const cache = closing(
    await createCacheApp(config, part("cache"), { providerAdapter: inProcess(providerAdapter.service) }),
  );
  const budget = closing(await createBudgetApp(config, part("budget")));
  const options = { logger, ...serving(config) };
  const budgetServer = await serve(budget.services, { ...options, listen: config.budget.listen });
  opened.defer(() => budgetServer.drain(config.drainMs));
  const router = closing(
    await createRouterApp(config, part("router"), {
      classifier: inProcess(classifier.service),
      cache: inProcess(cache.service),
      budget: inProcess(budget.service),
      providerAdapter: inProcess(providerAdapter.service),
    }),
  );
  const isReady = () => [cache, budget, router].every((app) => app.isReady());
  const certificates = certificatesOf(config, logger);
  if (certificates) opened.use(certificates);
  const routerServer = await serve(router.services, {
    ...options,
    isReady,
    credentials: certificates?.forServer(config.router.clientCertificate),
    listen: config.router.listen,
  });
  opened.defer(() => routerServer.drain(config.drainMs));
  const gateway = closing(
    await createGatewayApp(config, part("gateway"), {
      router: connect(RouterServiceDefinition, inProcess(router.service)).client,
      scrape,
      ready: isReady,
    }),
  );

  const parts = opened.move();
  return {
    httpUrl: gateway.url,
    grpcAddress: routerServer.address,
    budgetAddress: budgetServer.address,
    isSimulated: simulator !== undefined,
    config,
    budget: connect(BudgetServiceDefinition, inProcess(budget.service)).client,
    reconfigure(next) {
      const taken = simulator ? simulated(next, simulator.url) : next;
      for (const app of [providerAdapter, router, budget]) app.reconfigure?.(taken);
    },
    async close() {
      // Both doors at once: neither waits for the other's callers.
      const { drainMs, drainNoticeMs } = config;
      await Promise.all([gateway.drain(drainMs, drainNoticeMs), routerServer.drain(drainMs, drainNoticeMs)]);
      await parts.disposeAsync();
    },
  };
}

/** BudgetService asks for no key, so beside a public door it may only stand on this machine. */
function refuseOpenBudget({ budget }: Config): void {
  if (/^(127\.|localhost:|\[::1\]:)/.test(budget.listen)) return;
  throw new Error(`budget.listen must be on this machine in the standalone shape, and is ${budget.listen}`);
}
