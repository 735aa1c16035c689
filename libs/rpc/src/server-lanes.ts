import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  CarriedAnswer,
  CarriedCall,
  CarryRequest,
  CarryResponse,
  LaneServiceImplementation,
} from "@switchyard/contracts/lane/v1/lane";
import { type CallContext, Metadata } from "nice-grpc";
import { RichServerError } from "nice-grpc-error-details";
import { toRpcError, toServerError } from "./error-wire.ts";
import { faultBytes } from "./late-error.ts";
import { deadlineExceeded, RpcError, Status } from "./rpc-error.ts";

/** Answers one call in bytes; rejects as the method's handler does. */
export type CarriedMethod = (message: Uint8Array, incoming: CallContext) => Promise<Uint8Array>;

/** Where a handler finds its caller's deadline among the metadata, in milliseconds since the epoch. */
export const deadlineKey = "switchyard-deadline";

/** The server's side of lanes, see LaneService. */
export interface ServerLanes {
  readonly implementation: LaneServiceImplementation;
  /** Tells callers to end their lanes, which then end when what they brought is answered. */
  close(): void;
}

/** Lanes that carry calls of these methods, by their full names. */
export function serverLanes(methods: ReadonlyMap<string, CarriedMethod>): ServerLanes {
  const open = new Set<() => void>();
  return {
    implementation: {
      async *carry(requests, context) {
        const lane = answering(methods, context);
        open.add(lane.close);
        try {
          void lane.take(requests);
          yield* lane.answers();
        } finally {
          lane.cancelAll();
          open.delete(lane.close);
        }
      },
    },
    close: () => {
      for (const close of open) close();
    },
  };
}

function answering(methods: ReadonlyMap<string, CarriedMethod>, context: CallContext) {
  const running = new Map<number, AbortController>();
  let done: CarriedAnswer[] = [];
  let closing: "no" | "yes" | "said" = "no";
  let isOver = false;
  let wake: () => void = () => undefined;

  async function answer(call: CarriedCall): Promise<void> {
    const { number, method, timeoutMs, message } = call;
    const controller = new AbortController();
    running.set(number, controller);
    const expire = () => controller.abort(deadlineExceeded());
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    const outcome = await outcomeOf(methods.get(method), message, incoming(call, context, controller.signal));
    clearTimeout(timer);
    // Nobody waits for what was cancelled.
    if (!running.delete(number)) return;
    done.push({ number, outcome });
    wake();
  }

  return {
    close(): void {
      closing = "yes";
      wake();
    },
    async take(requests: AsyncIterable<CarryRequest>): Promise<void> {
      try {
        for await (const { calls, cancelled } of requests) {
          for (const number of cancelled) {
            running.get(number)?.abort();
            running.delete(number);
          }
          for (const call of calls) void answer(call);
        }
      } catch {
        // The caller has gone: the stream is told by its own signal.
      }
      isOver = true;
      wake();
    },
    async *answers(): AsyncIterable<CarryResponse> {
      for (;;) {
        while (done.length === 0 && closing !== "yes") {
          if (isOver && running.size === 0) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        // What is done within one turn of the event loop goes together.
        await nextTurn();
        const answers = done;
        done = [];
        const isClosing = closing === "yes";
        if (isClosing) closing = "said";
        yield { answers, closing: isClosing };
      }
    },
    cancelAll(): void {
      for (const controller of running.values()) controller.abort();
      running.clear();
    },
  };
}

async function outcomeOf(
  method: CarriedMethod | undefined,
  message: Uint8Array,
  incoming: CallContext,
): Promise<CarriedAnswer["outcome"]> {
  try {
    if (!method)
      throw new RpcError({ code: Status.UNIMPLEMENTED, reason: "INTERNAL", message: "no lane carries that" });
    return { $case: "message", value: await method(message, incoming) };
  } catch (error) {
    const fault = error instanceof RichServerError ? error : toServerError(toRpcError(error));
    return { $case: "fault", value: faultBytes(fault) };
  }
}

/** What a carried call brings with it, as if it had come by itself. */
function incoming({ metadata, timeoutMs }: CarriedCall, { peer }: CallContext, signal: AbortSignal): CallContext {
  const own = Metadata(metadata);
  own.delete(deadlineKey);
  if (timeoutMs !== undefined) own.set(deadlineKey, String(Date.now() + timeoutMs));
  return { metadata: own, peer, signal, header: Metadata(), trailer: Metadata(), sendHeader: () => undefined };
}
