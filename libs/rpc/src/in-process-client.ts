import { toRpcError } from "./error-wire.ts";
import { InProcessCall } from "./in-process-call.ts";
import { RpcError } from "./rpc-error.ts";
import type { Call, CallOptions, Client, Service, ServiceDefinition } from "./service.ts";

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
  using call = new InProcessCall(options);
  try {
    return await call.race(start(call));
  } catch (error) {
    throw fail(error);
  }
}

async function* streamed<T>(
  start: (call: Call) => AsyncIterable<T>,
  options: CallOptions,
  fail: (error: unknown) => RpcError,
): AsyncIterable<T> {
  using call = new InProcessCall(options);
  const iterator = start(call)[Symbol.asyncIterator]();
  let finished = false;
  try {
    while (true) {
      const next = await call.race(iterator.next());
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
