import { Metadata } from "nice-grpc-common";
import { toRpcError } from "./error-wire.ts";
import { cancelled, RpcError } from "./rpc-error.ts";
import type { Call, CallOptions, Client, Service, ServiceDefinition } from "./service.ts";
import { callSignal, raceAbort } from "./signals.ts";

/** Told of every error that nobody foresaw, once. */
export type OnUnforeseen = (method: string, error: RpcError) => void;

/** A client that calls the handlers directly: the same types, errors, deadlines and cancellation as over a socket. */
export function inProcessClient<D extends ServiceDefinition>(
  target: Service<D>,
  onUnforeseen: OnUnforeseen,
): Client<D> {
  const client: Record<string, unknown> = {};
  for (const [key, method] of Object.entries(target.definition.methods)) {
    const handler = target.handlers[key as keyof D["methods"]] as (request: unknown, call: Call) => unknown;
    const path = `${target.definition.fullName}/${method.name}`;
    const fail = (error: unknown): RpcError => {
      const failure = toRpcError(error);
      if (failure.reason === "INTERNAL" && !(error instanceof RpcError)) onUnforeseen(path, failure);
      return failure;
    };
    client[key] = method.responseStream
      ? (request: unknown, options: CallOptions = {}) =>
          streamed((call) => handler(request, call) as AsyncIterable<unknown>, options, fail)
      : (request: unknown, options: CallOptions = {}) =>
          unary((call) => handler(request, call) as Promise<unknown>, options, fail);
  }
  return client as Client<D>;
}

async function unary<T>(
  start: (call: Call) => Promise<T>,
  options: CallOptions,
  fail: (error: unknown) => RpcError,
): Promise<T> {
  using joined = callSignal(options.signal, options.deadline);
  if (joined.signal.aborted) throw abortError(joined.signal);
  try {
    return await raceAbort(start(toCall(options, joined.signal)), joined.signal, abortError);
  } catch (error) {
    throw fail(error);
  }
}

async function* streamed<T>(
  start: (call: Call) => AsyncIterable<T>,
  options: CallOptions,
  fail: (error: unknown) => RpcError,
): AsyncIterable<T> {
  using joined = callSignal(options.signal, options.deadline);
  if (joined.signal.aborted) throw abortError(joined.signal);
  const iterator = start(toCall(options, joined.signal))[Symbol.asyncIterator]();
  let finished = false;
  try {
    while (true) {
      const next = await raceAbort(iterator.next(), joined.signal, abortError);
      if (next.done) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } catch (error) {
    throw fail(error);
  } finally {
    // Not awaited: a generator that still waits for its upstream would hold the caller up; the signal has told it already.
    if (!finished) iterator.return?.()?.catch(() => undefined);
  }
}

const emptyMetadata = Metadata();

function toCall(options: CallOptions, signal: AbortSignal): Call {
  return {
    metadata: options.metadata ?? emptyMetadata,
    peer: "in-process",
    signal,
    deadline: options.deadline,
  };
}

function abortError(signal: AbortSignal): RpcError {
  return signal.reason instanceof RpcError ? signal.reason : cancelled();
}
