import { randomBytes } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Shape, startNetwork, type TestNetwork } from "@switchyard/test-e2e/network";
import { expect } from "vitest";
import type { Behaviour } from "../provider/exchange.ts";
import { type FaultProvider, startFaultProvider } from "../provider/fault-provider.ts";
import type { Served } from "../provider/served.ts";
import { askGrpc } from "./ask-grpc.ts";
import { askHttp } from "./ask-http.ts";
import {
  castCount,
  faultConfig,
  limits,
  modelOf,
  providerKeyEnvironment,
  providerKeys,
  type Role,
  roles,
} from "./fault-config.ts";
import type { Heard, Way } from "./heard.ts";

/** The models of one run, which no other run uses, and a question that nobody asked before. */
export interface Cast extends Readonly<Record<Role, string>> {
  readonly question: string;
}

/** One request and what came of it. */
export interface Told extends Heard {
  readonly way: Way;
  readonly feature: string;
  readonly traceId: string;
  /** By the provider's clock, in milliseconds. */
  readonly askedMs: number;
  readonly tookMs: number;
}

export interface Asking {
  /** Who is asked first. */
  readonly role?: Role;
  /** Instead of the cast's question. */
  readonly question?: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly onText?: (characters: number) => void;
}

/** The platform in one shape in front of the fault provider. */
export interface Bench {
  readonly shape: Shape;
  readonly network: TestNetwork;
  /** A new cast whose models do as they are told; those that are told nothing answer. */
  cast(scripts?: Partial<Record<Role, Behaviour>>): Cast;
  /** Tells a model of a cast what to do from now on. */
  direct(cast: Cast, role: Role, behaviour: Behaviour): void;
  /** Asks the cast's question. Fails if the caller got nothing within its deadline. */
  ask(way: Way, cast: Cast, asking?: Asking): Promise<Told>;
  /** What the provider served of a cast, in order. */
  served(cast: Cast, role?: Role): readonly Served[];
  /** What the provider served to everybody, in order. */
  servedInAll(): readonly Served[];
  stop(): Promise<void>;
}

/** Every row starts the same processes anew; so they need not read the same sources anew. */
const compileCache = join(tmpdir(), "switchyard-fault-compile-cache");

/** Starts provider and platform, and asks each way once: a first call pays for what later ones find warm. */
export async function startBench(shape: Shape, more: (config: object) => object): Promise<Bench> {
  const provider = await startFaultProvider(providerKeys);
  const closedPort = await findClosedPort();
  const network = await startNetwork({
    shape,
    environment: { ...providerKeyEnvironment, NODE_COMPILE_CACHE: compileCache },
    change: (config) => more(faultConfig(config, provider.url, closedPort)),
  });
  return benchOf(shape, provider, network);
}

function benchOf(shape: Shape, provider: FaultProvider, network: TestNetwork): Bench {
  let casts = 0;
  let asked = 0;
  const bench: Bench = {
    shape,
    network,
    cast(scripts = {}) {
      const number = casts++;
      if (number >= castCount) throw new Error(`a row may use ${castCount} casts`);
      const named = Object.fromEntries(roles.map((role) => [role, modelOf(role, number)])) as Record<Role, string>;
      const cast = { ...named, question: `What becomes of rivers? Cast ${number}, ${randomBytes(8).toString("hex")}.` };
      for (const role of roles) if (scripts[role]) bench.direct(cast, role, scripts[role]);
      return cast;
    },
    direct: (cast, role, behaviour) => provider.script(cast[role], behaviour),
    async ask(way, cast, asking = {}) {
      const { role = "primary", deadlineMs = limits.deadlineMs, signal, onText } = asking;
      const question = {
        model: cast[role],
        text: asking.question ?? cast.question,
        feature: `ask-${asked++}`,
        traceId: randomBytes(16).toString("hex"),
        deadlineMs,
        signal: signal ?? new AbortController().signal,
        onText: onText ?? (() => undefined),
      };
      const askedMs = performance.now();
      const heard = await (way.protocol === "grpc" ? askGrpc : askHttp)(network, question, way.isStreamed);
      const tookMs = performance.now() - askedMs;
      expect(tookMs, "every caller is answered within its deadline").toBeLessThan(deadlineMs + limits.graceMs);
      return { ...heard, way, feature: question.feature, traceId: question.traceId, askedMs, tookMs };
    },
    served: (cast, role) =>
      provider.served().filter(({ model }) => (role ? cast[role] === model : roles.some((one) => cast[one] === model))),
    servedInAll: () => provider.served(),
    async stop() {
      await network.stop();
      await provider.close();
    },
  };
  return bench;
}

/** A port that refuses connections: it was free a moment ago. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
