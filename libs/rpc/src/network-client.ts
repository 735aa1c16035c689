import { ChannelCredentials, connectivityState } from "@grpc/grpc-js";
import { attribute, context, contextWith, failSpan, injectContext, SpanKind, startSpan } from "@switchyard/telemetry";
import { ClientError, createChannel, createClientFactory, Metadata } from "nice-grpc";
import { errorDetailsClientMiddleware } from "nice-grpc-error-details";
import type { Certificates } from "./certificates.ts";
import { clientLane, type Outgoing } from "./client-lane.ts";
import { fromClientError } from "./error-wire.ts";
import { askForLateErrors, readLateError } from "./late-error.ts";
import { isCarried, isIdempotent, serviceConfigOf } from "./retries.ts";
import { cancelled, RpcError, Status } from "./rpc-error.ts";
import type { CallOptions, Client, ServiceDefinition } from "./service.ts";
import { callSignal } from "./signals.ts";

/** How much of a deadline is kept back for the way home, in milliseconds. */
const shaveMs = 10;

/** A client with its connections. */
export interface Connection<D extends ServiceDefinition> {
  readonly client: Client<D>;
  close(): void;
}

/**
 * A client over the network: round robin over every address of `target` (`dns:///cache:50053`), to which it connects at
 * once; an address that is away is tried again in the background until it is there or the client is closed. What a
 * closing server never took is sent to another by grpc itself, whatever it is; what was lost with a broken connection only where that
 * is safe ({@link serviceConfigOf}). What a handler answered is never asked again.
 */
export function networkClient<D extends ServiceDefinition>(
  definition: D,
  target: string,
  certificates?: Certificates,
): Connection<D> {
  const channel = createChannel(target, certificates?.forClient() ?? ChannelCredentials.createInsecure(), {
    ...(certificates?.serverName && { "grpc.ssl_target_name_override": certificates.serverName }),
    "grpc.service_config": serviceConfigOf(definition),
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc.max_receive_message_length": 64 * 1024 * 1024,
    "grpc.max_send_message_length": 64 * 1024 * 1024,
    "grpc.initial_reconnect_backoff_ms": 200,
    // While an address is waited for, calls fail at once: a peer that starts later than this process must soon be found.
    "grpc.max_reconnect_backoff_ms": 1_000,
    // Names are looked up again when a connection ends, but by default not twice in half a minute: a rollout is quicker than that.
    "grpc.dns_min_time_between_resolutions_ms": 1_000,
  });
  // Connects now: the first call must not wait for it, since its caller's patience may be short on a machine that just started.
  channel.getConnectivityState(true);
  const nudging = nudge(channel);
  // The precise types are restored by Client<D>; nice-grpc's own allow partial messages, which in-process calls must not.
  const raw = createClientFactory()
    .use(errorDetailsClientMiddleware)
    .create(definition as never, channel) as Record<string, (request: unknown, options: object) => unknown>;
  const lane = clientLane(channel);
  const client: Record<string, unknown> = {};
  for (const [key, method] of Object.entries(definition.methods)) {
    const path = `${definition.fullName}/${method.name}`;
    const call = (request: unknown, options: object) => raw[key]?.(request, options);
    const isRepeatable = isIdempotent(definition, method.name);
    const again = isRepeatable ? (error: unknown) => wasNeverTaken(error) || wasCut(error) : wasNeverTaken;
    // A lane that breaks loses what it carried; what may be sent again then goes by itself.
    const fits = isCarried(definition, method.name);
    const carry = (request: unknown, sent: Outgoing, attempt: number) =>
      fits && attempt === 1 ? lane.carry(method, path, request, sent) : undefined;
    client[key] = method.responseStream
      ? (request: unknown, options: CallOptions = {}) =>
          streamed(path, (sent) => call(request, sent) as AsyncIterable<unknown>, options)
      : (request: unknown, options: CallOptions = {}) =>
          unary(
            path,
            (sent, attempt) => carry(request, sent, attempt) ?? (call(request, sent) as Promise<unknown>),
            options,
            again,
          );
  }
  const close = () => {
    clearInterval(nudging);
    lane.close();
    channel.close();
  };
  return { client: client as Client<D>, close };
}

/** How often a channel that failed is asked to try again, in milliseconds. */
const nudgeMs = 500;

/**
 * Has a channel that failed look its name up again, within its own backoff. grpc-js does so by itself only where a connection was lost:
 * a name that was not known yet when the process started, as in a cluster where all begins at once, would never be found.
 */
function nudge(channel: ReturnType<typeof createChannel>): NodeJS.Timeout {
  return setInterval(() => {
    if (channel.getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE) channel.getConnectivityState(true);
  }, nudgeMs).unref();
}

async function unary<T>(
  path: string,
  start: (sent: Outgoing, attempt: number) => Promise<T>,
  options: CallOptions,
  again: (error: unknown) => boolean,
): Promise<T> {
  const span = startSpan(path, { kind: SpanKind.CLIENT, attributes: rpcAttributes(path) });
  using joined = callSignal(options.signal, shaved(options.deadline));
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await start(
          context.with(contextWith(span), () => outgoing(options, joined.signal)),
          attempt,
        );
      } catch (error) {
        if (attempt === mostRefusals || joined.signal.aborted || !again(error)) throw error;
      }
    }
  } catch (error) {
    const failure = toCallerError(error, joined.signal);
    failSpan(span, failure);
    throw failure;
  } finally {
    span.end();
  }
}

async function* streamed<T>(
  path: string,
  start: (sent: object) => AsyncIterable<T>,
  options: CallOptions,
): AsyncIterable<T> {
  const span = startSpan(path, { kind: SpanKind.CLIENT, attributes: rpcAttributes(path) });
  using joined = callSignal(options.signal, shaved(options.deadline));
  try {
    let late: unknown;
    const onTrailer = (trailer: Metadata) => {
      late = readLateError(path, trailer);
    };
    for (let attempt = 1, isOver = false; !isOver; attempt++) {
      const sent = context.with(contextWith(span), () => outgoing(options, joined.signal));
      askForLateErrors(sent.metadata);
      let hasReceived = false;
      try {
        for await (const message of start({ ...sent, onTrailer })) {
          hasReceived = true;
          yield message;
        }
        isOver = true;
      } catch (error) {
        const isFinal = hasReceived || attempt === mostRefusals || joined.signal.aborted;
        if (isFinal || !wasNeverTaken(error)) throw error;
      }
    }
    if (late !== undefined) throw late;
  } catch (error) {
    const failure = toCallerError(error, joined.signal);
    failSpan(span, failure);
    throw failure;
  } finally {
    span.end();
  }
}

/** How often a call is sent that servers refuse unseen. */
const mostRefusals = 4;

/**
 * Whether the server closed before it took the call (RFC 9113, REFUSED_STREAM), so that another may be asked whatever the call is.
 * grpc-js sends it again by itself, but only once, and not where the news reaches it while it is writing.
 */
const wasNeverTaken = (error: unknown) =>
  error instanceof ClientError &&
  error.code === Status.UNAVAILABLE &&
  /NGHTTP2_REFUSED_STREAM|Stream refused by server/.test(error.details);

/** Whether the connection broke under the call. grpc-js sends no call again of which it has seen the headers of an answer. */
const wasCut = (error: unknown) =>
  error instanceof ClientError &&
  (error.code === Status.UNAVAILABLE || error.code === Status.INTERNAL) &&
  /ECONNRESET|EPIPE|Connection dropped|NGHTTP2_/.test(error.details);

function rpcAttributes(path: string) {
  return { [attribute.rpcSystem]: "grpc", [attribute.rpcMethod]: path };
}

const shaved = (deadline: number | undefined) => (deadline === undefined ? undefined : deadline - shaveMs);

function outgoing(options: CallOptions, signal: AbortSignal): Outgoing {
  const metadata = Metadata(options.metadata);
  injectContext(metadata, { set: (carrier, key, value) => void carrier.set(key, value) });
  const deadline = shaved(options.deadline);
  const timeoutMs = deadline === undefined ? undefined : Math.max(1, Math.ceil(deadline - Date.now()));
  if (timeoutMs !== undefined) metadata.set("grpc-timeout", `${timeoutMs}m`);
  return { metadata, signal, timeoutMs };
}

function toCallerError(error: unknown, signal: AbortSignal): RpcError {
  if (signal.aborted) return signal.reason instanceof RpcError ? signal.reason : cancelled();
  return fromClientError(error);
}
