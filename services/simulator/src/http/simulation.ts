import type { SimulatedModel } from "../domain/catalogue.ts";
import { type Fault, type FaultShares, faultByShare } from "../domain/fault.ts";
import { createPrefixCache, type PrefixCache } from "../domain/prefix-cache.ts";
import type { Pace } from "./pacing.ts";
import { createServedLog, type Served, type ServedLine, type ServedLog } from "./served-log.ts";

/** A request as those who choose faults see it. */
export interface SimulatedRequest {
  /** Its number since the start, from 1. */
  readonly sequence: number;
  readonly endpoint: "chat" | "embeddings";
  readonly model: string;
  readonly stream: boolean;
  /** The body as it came. */
  readonly body: unknown;
}

export interface SimulationOptions {
  readonly models: ReadonlyMap<string, SimulatedModel>;
  readonly pace: Pace;
  readonly shares: FaultShares;
  /** Chooses what goes wrong with a request; what it leaves alone, the shares decide. */
  readonly fault: ((request: SimulatedRequest) => Fault | undefined) | undefined;
  readonly recordRequests: boolean;
}

/** What requests share. */
export interface Simulation {
  readonly models: ReadonlyMap<string, SimulatedModel>;
  readonly pace: Pace;
  readonly prefixes: PrefixCache;
  /** Writes a request down and decides what goes wrong with it. */
  begin(
    endpoint: Served["endpoint"],
    request: Pick<SimulatedRequest, "model" | "stream" | "body">,
  ): { readonly line: ServedLine; readonly fault: Fault | undefined };
  readonly log: ServedLog;
  /** The requests so far, if they are recorded. */
  readonly requests: readonly SimulatedRequest[];
}

export function createSimulation({ models, pace, shares, fault, recordRequests }: SimulationOptions): Simulation {
  const log = createServedLog();
  const requests: SimulatedRequest[] = [];
  let sequence = 0;
  return {
    models,
    pace,
    prefixes: createPrefixCache(),
    begin(endpoint, { model, stream, body }) {
      sequence++;
      const request: SimulatedRequest = { sequence, endpoint, model, stream, body };
      if (recordRequests) requests.push(request);
      const chosen = fault?.(request) ?? faultByShare(sequence, shares);
      const line = log.begin({ sequence, endpoint, model, stream });
      line.fault = chosen?.kind;
      return { line, fault: chosen };
    },
    log,
    requests,
  };
}
