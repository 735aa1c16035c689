import type { Metadata } from "nice-grpc-common";
import type { ServiceDefinition } from "./service.ts";

/**
 * What may be sent again where a connection broke: calls that change nothing, and those that change the same thing once, however
 * often they come. Whatever costs money at a provider is not among them: the router alone decides on a second attempt.
 */
const idempotent: Readonly<Record<string, readonly string[]>> = {
  "switchyard.router.v1.RouterService": ["Explain", "ListModels"],
  "switchyard.classifier.v1.ClassifierService": ["Classify", "ClassifyBatch"],
  "switchyard.cache.v1.CacheService": ["Lookup", "Store", "Invalidate"],
  "switchyard.budget.v1.BudgetService": ["Reserve", "Settle", "Release", "GetUsage", "ListLedger", "Report"],
};

const retryPolicy = {
  maxAttempts: 5,
  initialBackoff: "0.02s",
  maxBackoff: "0.5s",
  backoffMultiplier: 3,
  // A server that is killed shows as UNAVAILABLE; one that ends a connection for its cancellations as INTERNAL.
  retryableStatusCodes: ["UNAVAILABLE", "INTERNAL"],
};

/** Whether a call may be sent again though it may have been answered. */
export const isIdempotent = ({ fullName }: ServiceDefinition, method: string): boolean =>
  idempotent[fullName]?.includes(method) ?? false;

/** Calls that change something every time, and yet are as many as the requests: carried in lanes, never sent again. */
const carriedOnce: Readonly<Record<string, readonly string[]>> = {
  "switchyard.router.v1.RouterService": ["Complete"],
  "switchyard.provider.v1.ProviderService": ["Complete"],
};

/** Whether a call may travel in a lane with others. */
export const isCarried = (definition: ServiceDefinition, method: string): boolean =>
  isIdempotent(definition, method) || (carriedOnce[definition.fullName]?.includes(method) ?? false);

/**
 * The service config of a client as JSON: round robin, and idempotent unary calls sent again where the connection to a server broke
 * under them. Faults that a handler answered are left alone; see {@link leaveAlone}.
 */
export function serviceConfigOf({ fullName }: ServiceDefinition): string {
  const names = (idempotent[fullName] ?? []).map((method) => ({ service: fullName, method }));
  return JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    ...(names.length > 0 && { methodConfig: [{ name: names, retryPolicy }] }),
    // Where most calls fail, they fail once and not five times.
    retryThrottling: { maxTokens: 100, tokenRatio: 0.2 },
  });
}

/** Marks an answer as the handler's own word: the client's grpc is not to ask again (gRFC A6, pushback). */
export function leaveAlone(trailer: Metadata): void {
  trailer.set("grpc-retry-pushback-ms", "-1");
}
