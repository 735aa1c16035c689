import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "@switchyard/config";
import { splitAddress } from "@switchyard/rpc";
import type { SimulatedModel } from "./domain/catalogue.ts";
import type { Fault } from "./domain/fault.ts";
import { answerWith } from "./http/routes.ts";
import type { Served } from "./http/served-log.ts";
import { createSimulation, type SimulatedRequest } from "./http/simulation.ts";

export type { Fault } from "./domain/fault.ts";
export type { Served } from "./http/served-log.ts";
export type { SimulatedRequest } from "./http/simulation.ts";

export interface SimulatorOptions {
  /** `host:port` instead of the configured one; port 0 takes a free one. */
  readonly listen?: string;
  /** Chooses what goes wrong with a request; what it leaves alone, the configured shares decide. */
  readonly fault?: (request: SimulatedRequest) => Fault | undefined;
  /** Keeps every request for {@link Simulator.requests}. */
  readonly recordRequests?: boolean;
  /** Told of errors that nobody foresaw; the caller gets a bland 500. */
  readonly onUnforeseen?: (error: unknown) => void;
}

/** A running simulator. */
export interface Simulator {
  /** What to give OpenAI clients as base URL. */
  readonly url: string;
  /** What it served so far, as a provider would bill it, in the order the requests came. */
  served(): readonly Served[];
  /** The requests so far; empty unless they are recorded. */
  requests(): readonly SimulatedRequest[];
  /** Breaks every connection and stops. */
  close(): Promise<void>;
}

/** Starts an OpenAI-compatible provider that makes its answers up, with the models of the catalogue. */
export async function createSimulator(config: Config, options: SimulatorOptions = {}): Promise<Simulator> {
  const { listen, faults, firstTokenMs, tokensPerSecond } = config.simulator;
  const simulation = createSimulation({
    models: modelsOf(config),
    pace: { firstTokenMs, tokensPerSecond },
    shares: faults,
    fault: options.fault,
    recordRequests: options.recordRequests ?? false,
  });
  const server = createServer(
    { keepAliveTimeout: 65_000 },
    answerWith(simulation, options.onUnforeseen ?? (() => undefined)),
  );
  const url = await listenOn(server, options.listen ?? listen);
  return {
    url,
    served: () => simulation.log.lines(),
    requests: () => simulation.requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listenOn(server: Server, address: string): Promise<string> {
  const [host, port] = splitAddress(address);
  // Node takes an IPv6 address without the brackets that a URL needs.
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, bare, resolve));
  return `http://${host}:${(server.address() as AddressInfo).port}/v1`;
}

function modelsOf(config: Config): ReadonlyMap<string, SimulatedModel> {
  const models = new Map<string, SimulatedModel>();
  for (const { id, upstreamModel, contextWindow, maxOutputTokens, capabilities } of config.models) {
    const name = upstreamModel ?? id;
    models.set(name, { name, contextWindow, maxOutputTokens, isForEmbeddings: capabilities.includes("embeddings") });
  }
  return models;
}
