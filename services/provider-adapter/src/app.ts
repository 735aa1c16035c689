import type { Config } from "@switchyard/config";
import { ProviderServiceDefinition } from "@switchyard/contracts/provider/v1/provider";
import { type App, type AppContext, type Service, service } from "@switchyard/rpc";
import { createInstruments } from "@switchyard/telemetry";
import { targetsOf } from "./adapters/config-targets.ts";
import { createOpenAiProvider } from "./adapters/openai-provider.ts";
import { createOtelAttemptRecorder } from "./adapters/otel-attempt-recorder.ts";
import { systemClock } from "./adapters/system-clock.ts";
import type { AttemptParts } from "./domain/attempt.ts";
import { complete } from "./rpc/complete.ts";
import { embed } from "./rpc/embed.ts";
import { streamComplete } from "./rpc/stream-complete.ts";

export interface ProviderAdapterApp extends App {
  readonly service: Service<typeof ProviderServiceDefinition>;
}

/** Builds the provider adapter from the providers and models of the configuration. */
export async function createProviderAdapterApp(config: Config, { logger }: AppContext): Promise<ProviderAdapterApp> {
  const provider = createOpenAiProvider(config.providers, systemClock);
  let targets = targetsOf(config);
  const parts: AttemptParts = {
    get targets() {
      return targets;
    },
    provider,
    recorder: createOtelAttemptRecorder(createInstruments(), systemClock),
    clock: systemClock,
  };
  if (parts.targets.size === 0) logger.warn("no model has a provider with an address and a key");
  const providerService = service(ProviderServiceDefinition, {
    complete: complete(parts),
    streamComplete: streamComplete(parts),
    embed: embed(parts),
  });
  return {
    service: providerService,
    services: [providerService],
    isReady: () => true,
    reconfigure(next) {
      // What went is served on: routers may not have heard of it yet.
      targets = new Map([...targets, ...targetsOf(next)]);
    },
    close: () => provider.close(),
  };
}
