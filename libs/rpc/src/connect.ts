import type { Certificates } from "./certificates.ts";
import { inProcessClient, type OnUnforeseen } from "./in-process-client.ts";
import { type Connection, networkClient } from "./network-client.ts";
import type { Service, ServiceDefinition } from "./service.ts";

/**
 * Where a service is: an address (`dns:///cache:50053`), in the clear or, with certificates, over mutual TLS; or its handlers in this
 * very process.
 */
export type Target<D extends ServiceDefinition> =
  | string
  | { readonly address: string; readonly certificates: Certificates | undefined }
  | { readonly inProcess: Service<D>; readonly onUnforeseen: OnUnforeseen };

/** Connects to a service wherever it is. No caller can tell which it was. */
export function connect<D extends ServiceDefinition>(definition: D, target: Target<D>): Connection<D> {
  if (typeof target === "string") return networkClient(definition, target);
  if ("address" in target) return networkClient(definition, target.address, target.certificates);
  return { client: inProcessClient(target.inProcess, target.onUnforeseen), close: () => undefined };
}
