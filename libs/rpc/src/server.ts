import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ServerCredentials, ServerInterceptingCall, type ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { LaneServiceDefinition } from "@switchyard/contracts/lane/v1/lane";
import {
  attribute,
  bindIterable,
  type Context,
  context,
  contextWith,
  extractContext,
  failSpan,
  type Logger,
  SpanKind,
  startSpan,
  traceIdOf,
} from "@switchyard/telemetry";
import { type CallContext, createServer, type Metadata } from "nice-grpc";
import { errorDetailsServerMiddleware } from "nice-grpc-error-details";
import { ServerReflection, ServerReflectionService } from "nice-grpc-server-reflection";
import { toRpcError, toServerError } from "./error-wire.ts";
import { healthOf } from "./health.ts";
import { takesLateErrors, writeLateError } from "./late-error.ts";
import { refuseUnreadable, strictlyRead } from "./readable-request.ts";
import { isCarried, leaveAlone } from "./retries.ts";
import { Status } from "./rpc-error.ts";
import { type CarriedMethod, deadlineKey, serverLanes } from "./server-lanes.ts";
import type { Call, MethodDefinition, Service } from "./service.ts";

export interface ServeOptions {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly logger: Logger;
  /** Largest message taken, in bytes. */
  readonly maxMessageBytes: number;
  /** What grpc.health.v1 says of readiness; always ready if left out. */
  readonly isReady?: () => boolean;
  /** After how long a connection is ended gently, in milliseconds, give or take a tenth; five minutes if left out. */
  readonly maxConnectionAgeMs?: number;
  /** In the clear if left out. */
  readonly credentials?: ServerCredentials | undefined;
}

export interface RpcServer {
  /** `host:port` as bound. */
  readonly address: string;
  /**
   * Says not ready and serves on for `noticeMs`, so that everybody hears of it; then tells clients to go elsewhere (GOAWAY, which
   * loses no call), waits for the calls in flight at most `patienceMs`, and cuts them.
   */
  drain(patienceMs: number, noticeMs?: number): Promise<void>;
}

/** Serves services on a socket, with health, reflection, tracing and rich errors. */
export async function serve(services: readonly Service[], options: ServeOptions): Promise<RpcServer> {
  let isDraining = false;
  const isReady = () => !isDraining && (options.isReady?.() ?? true);
  const names = services.map(({ definition }) => definition.fullName);
  using opened = new DisposableStack();
  const health = opened.use(healthOf(names, isReady));
  const server = createServer({
    "grpc.max_receive_message_length": options.maxMessageBytes,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    // A client looks addresses up again only when a connection ends; without an end, new servers would get no load.
    "grpc.max_connection_age_ms": options.maxConnectionAgeMs ?? 300_000,
    "grpc.max_connection_age_grace_ms": 600_000,
    // grpc-js takes interceptors among its options, but nice-grpc's type does not say so.
    ...({ interceptors: [keepDeadline] } as object),
  }).use(errorDetailsServerMiddleware);

  const carried = new Map<string, CarriedMethod>();
  for (const { definition, handlers } of services) {
    const read = strictlyRead(definition);
    const implementation: Record<string, unknown> = {};
    for (const [key, method] of Object.entries(definition.methods)) {
      const handler = handlers[key] as (request: unknown, call: Call) => unknown;
      const answer = (request: unknown, call: Call) => {
        refuseUnreadable(request);
        return handler(request, call);
      };
      const served = {
        path: `${definition.fullName}/${method.name}`,
        logger: options.logger,
      };
      implementation[key] = method.responseStream
        ? (request: unknown, incoming: CallContext) =>
            answerStream(served, (call) => answer(request, call) as AsyncIterable<unknown>, incoming)
        : (request: unknown, incoming: CallContext) =>
            answerUnary(served, (call) => answer(request, call) as Promise<unknown>, incoming);
      if (isCarried(definition, method.name)) {
        const { requestType, responseType } = read.methods[key] as MethodDefinition;
        carried.set(served.path, async (message, incoming) => {
          const request = requestType.decode(message);
          const response = await answerUnary(served, (call) => answer(request, call) as Promise<never>, incoming);
          return (responseType.encode(response) as { finish(): Uint8Array }).finish();
        });
      }
    }
    server.add(read as never, implementation as never);
  }
  const lanes = serverLanes(carried);
  server.add(LaneServiceDefinition, lanes.implementation);
  server.add(health.definition, health.implementation);
  server.add(
    ServerReflectionService,
    ServerReflection(
      readFileSync(fileURLToPath(import.meta.resolve("@switchyard/contracts/descriptor-set.binpb"))),
      names,
    ),
  );
  const [host] = splitAddress(options.listen);
  const port = await server.listen(options.listen, options.credentials ?? ServerCredentials.createInsecure());

  const kept = opened.move();
  return {
    address: `${host}:${port}`,
    async drain(patienceMs, noticeMs = 0) {
      isDraining = true;
      health.update();
      await sleep(noticeMs);
      kept.dispose();
      lanes.close();
      const cut = setTimeout(() => server.forceShutdown(), patienceMs);
      await server.shutdown();
      clearTimeout(cut);
    },
  };
}

/** `host:port` in its parts; an IPv6 host stands in brackets. */
export function splitAddress(address: string): [host: string, port: number] {
  const colon = address.lastIndexOf(":");
  return [address.slice(0, colon), Number(address.slice(colon + 1))];
}

interface Served {
  readonly path: string;
  readonly logger: Logger;
}

async function answerUnary<T>(served: Served, start: (call: Call) => Promise<T>, incoming: CallContext): Promise<T> {
  const { span, within } = serverSpan(served.path, incoming);
  try {
    return await context.with(within, start, undefined, toCall(incoming));
  } catch (error) {
    leaveAlone(incoming.trailer);
    throw answerError(served, error, span, within);
  } finally {
    span.end();
  }
}

async function* answerStream<T>(
  served: Served,
  start: (call: Call) => AsyncIterable<T>,
  incoming: CallContext,
): AsyncIterable<T> {
  const { span, within } = serverSpan(served.path, incoming);
  let hasSent = false;
  try {
    for await (const message of bindIterable(within, context.with(within, start, undefined, toCall(incoming)))) {
      hasSent = true;
      yield message;
    }
  } catch (error) {
    const failure = answerError(served, error, span, within);
    const isLate = hasSent && takesLateErrors(incoming.metadata) && writeLateError(incoming.trailer, failure);
    if (!isLate) throw failure;
  } finally {
    span.end();
  }
}

function serverSpan(path: string, incoming: CallContext) {
  const parent = extractContext(incoming.metadata, {
    get: (carrier: Metadata, key) => carrier.get(key)?.toString(),
    keys: (carrier: Metadata) => [...carrier].map(([key]) => key),
  });
  const span = startSpan(path, {
    kind: SpanKind.SERVER,
    parent,
    attributes: { [attribute.rpcSystem]: "grpc", [attribute.rpcMethod]: path },
  });
  const within = contextWith(span, parent);
  incoming.trailer.set("x-trace-id", traceIdOf(within));
  return { span, within };
}

function answerError(served: Served, error: unknown, span: Parameters<typeof failSpan>[0], within: Context) {
  const failure = toRpcError(error);
  span.setAttribute(attribute.rpcStatusCode, Status[failure.code]);
  if (failure.code !== Status.CANCELLED) failSpan(span, failure);
  if (failure.reason === "INTERNAL") {
    context.with(within, () =>
      served.logger.error({ err: failure.cause ?? failure, method: served.path }, "unforeseen error"),
    );
  }
  return toServerError(failure);
}

function toCall(incoming: CallContext): Call {
  const deadline = incoming.metadata.get(deadlineKey);
  return {
    metadata: incoming.metadata,
    peer: incoming.peer,
    signal: incoming.signal,
    deadline: deadline === undefined ? undefined : Number(deadline),
  };
}

/** grpc-js keeps a call's deadline to itself; this hands it to the handler as metadata, whatever the caller wrote there. */
function keepDeadline(_definition: unknown, call: ServerInterceptingCallInterface): ServerInterceptingCall {
  return new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata: (metadata, receive) => {
          metadata.remove(deadlineKey);
          const deadline = call.getDeadline();
          const at = deadline instanceof Date ? deadline.getTime() : deadline;
          if (Number.isFinite(at)) metadata.set(deadlineKey, String(at));
          receive(metadata);
        },
        onReceiveMessage: (message, receive) => receive(message),
        onReceiveHalfClose: (receive) => receive(),
        onCancel: () => undefined,
      }),
  });
}
