import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewayConfig } from "@switchyard/config";
import type { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import type { Client } from "@switchyard/rpc";
import type { Logger } from "@switchyard/telemetry";
import type { InFlight } from "./in-flight.ts";

/** What the routes share. */
export interface Gateway {
  readonly config: GatewayConfig;
  /** Whether callers must show an API key, so that others than this machine may be served. */
  readonly hasKeys: boolean;
  readonly logger: Logger;
  readonly router: Client<typeof RouterServiceDefinition>;
  /** Answers a Prometheus scrape. */
  readonly scrape: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether traffic is welcome. */
  readonly isReady: () => boolean;
  readonly inFlight: InFlight;
}
