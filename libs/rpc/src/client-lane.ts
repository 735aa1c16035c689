import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type CarriedAnswer,
  type CarryRequest,
  type CarryResponse,
  LaneServiceDefinition,
} from "@switchyard/contracts/lane/v1/lane";
import { type Channel, ClientError, createClient, type Metadata } from "nice-grpc";
import { readFault } from "./late-error.ts";
import { Status } from "./rpc-error.ts";
import type { MethodDefinition } from "./service.ts";

/** What goes with a call. */
export interface Outgoing {
  readonly metadata: Metadata;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
}

/** Carries short calls to a peer: a stream for each costs some 0.2 ms, a place in a stream that is there a tenth of that. */
export interface ClientLane {
  /**
   * Sends a call and resolves with its response; undefined where it has to go by itself. Rejects as the call fails, and as a cut
   * connection where the lane breaks: it may have been answered or not.
   */
  carry(method: MethodDefinition, path: string, request: unknown, sent: Outgoing): Promise<unknown> | undefined;
  close(): void;
}

/** A longer request would hold up the others. */
const longest = 64 * 1024;
/** Calls in one lane at most. */
const mostUnanswered = 1_000;
/** A lane leads to one server: a new one, to the next, gives each its share. */
const lifeMs = 1_000;
/** How long calls go by themselves after a lane broke, and where the peer knows of none. */
const restMs = { broken: 1_000, unknown: 60_000 } as const;

/** A lane over a channel, opened when it is needed. */
export function clientLane(channel: Channel): ClientLane {
  const peer = createClient(LaneServiceDefinition, channel);
  const closed = new AbortController();
  let lane: Lane | undefined;
  let restsUntil = 0;

  function open(nowMs: number): Lane {
    const opened = startLane(
      (requests) => peer.carry(requests, { signal: closed.signal }),
      nowMs + lifeMs,
      (isUnknown) => {
        if (lane === opened) lane = undefined;
        if (isUnknown !== undefined) restsUntil = Date.now() + (isUnknown ? restMs.unknown : restMs.broken);
      },
    );
    return opened;
  }

  return {
    carry(method, path, request, sent) {
      const nowMs = performance.now();
      if (Date.now() < restsUntil || closed.signal.aborted || sent.signal.aborted) return undefined;
      const message = (method.requestType.encode(request as never) as { finish(): Uint8Array }).finish();
      if (message.length > longest) return undefined;
      if (lane && nowMs >= lane.endsAtMs) lane.end();
      if (lane?.isEnding()) lane = undefined;
      lane ??= open(nowMs);
      return lane.send(path, message, sent)?.then((bytes) => method.responseType.decode(bytes));
    },
    close: () => closed.abort(),
  };
}

interface Waiting {
  readonly path: string;
  resolve(message: Uint8Array): void;
  reject(error: unknown): void;
}

type Lane = ReturnType<typeof startLane>;

/** `onEnd` is told once: of undefined where the stream ended well, else whether the peer knows of no lanes. */
function startLane(
  carry: (requests: AsyncIterable<CarryRequest>) => AsyncIterable<CarryResponse>,
  endsAtMs: number,
  onEnd: (isUnknown: boolean | undefined) => void,
) {
  const waiting = new Map<number, Waiting>();
  let next: CarryRequest = { calls: [], cancelled: [] };
  let count = 0;
  let isEnding = false;
  let wake: () => void = () => undefined;

  async function* requests(): AsyncIterable<CarryRequest> {
    for (;;) {
      while (next.calls.length + next.cancelled.length === 0) {
        if (isEnding) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      // What comes within one turn of the event loop goes together.
      await nextTurn();
      const request = next;
      next = { calls: [], cancelled: [] };
      yield request;
    }
  }

  function answer({ number, outcome }: CarriedAnswer): void {
    const one = waiting.get(number);
    waiting.delete(number);
    if (outcome?.$case === "message") one?.resolve(outcome.value);
    else if (outcome) one?.reject(readFault(one.path, outcome.value));
  }

  function end(): void {
    isEnding = true;
    wake();
  }

  function lose(details: string): void {
    end();
    for (const { path, reject } of waiting.values()) reject(new ClientError(path, Status.UNAVAILABLE, details));
    waiting.clear();
  }

  async function read(): Promise<void> {
    let hasAnswered = false;
    try {
      for await (const { answers, closing } of carry(requests())) {
        hasAnswered = true;
        answers.forEach(answer);
        if (closing) end();
      }
      onEnd(undefined);
      lose("Connection dropped: the lane ended");
    } catch (error) {
      const { code, details } = error as Partial<ClientError>;
      onEnd(code === Status.UNIMPLEMENTED);
      // A lane that a closing server refused unseen carried nothing.
      lose(hasAnswered ? "Connection dropped: the lane broke" : `Connection dropped: ${details}`);
    }
  }
  void read();

  return {
    endsAtMs,
    end,
    isEnding: () => isEnding,
    send(path: string, message: Uint8Array, { metadata, signal, timeoutMs }: Outgoing) {
      if (isEnding || waiting.size >= mostUnanswered) return undefined;
      const number = ++count;
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      waiting.set(number, { path, resolve, reject });
      next.calls.push({ number, method: path, timeoutMs, metadata: plain(metadata), message });
      wake();
      const cancel = () => {
        if (!waiting.delete(number)) return;
        next.cancelled.push(number);
        wake();
        reject(signal.reason);
      };
      signal.addEventListener("abort", cancel, { once: true });
      return promise.finally(() => signal.removeEventListener("abort", cancel));
    },
  };
}

/** Metadata as text; what a lane says otherwise is left out. */
function plain(metadata: Metadata): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, values] of metadata) {
    if (key !== "grpc-timeout" && typeof values[0] === "string") texts[key] = values.join(", ");
  }
  return texts;
}
