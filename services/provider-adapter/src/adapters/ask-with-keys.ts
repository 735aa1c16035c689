import type { RpcError } from "@switchyard/rpc";
import type { KeyTurn } from "../domain/key-ring.ts";
import { withRetryDelay } from "../domain/upstream-error.ts";
import type { Clock, UsesKey } from "../ports.ts";
import { type ErrorSurroundings, toUpstreamError } from "./openai-error.ts";
import type { KeyedClient, Upstream } from "./openai-upstreams.ts";

/** What an attempt wants of the keys. */
export interface KeyUse {
  /** Ends the attempt, also between two keys. */
  readonly signal: AbortSignal;
  readonly usesKey: UsesKey;
}

/** Asks one thing with one key. */
type Ask<T> = (key: KeyedClient, surroundings: ErrorSurroundings) => Promise<T>;

/** An answer that began, and the key it came with. */
export interface Asked<T> {
  readonly answer: T;
  readonly surroundings: ErrorSurroundings;
  /** Ends the use of the key. To be called when the answer is over; further calls do nothing. */
  readonly release: () => void;
}

/** As {@link askWithKeys}, for an answer that is over once it is there. */
export async function answerWithKeys<T>(upstream: Upstream, clock: Clock, use: KeyUse, ask: Ask<T>): Promise<T> {
  const { answer, release } = await askWithKeys(upstream, clock, use, ask);
  release();
  return answer;
}

/**
 * Asks with one key after the other, each at most once, while the provider refuses or limits them: such a key costs the
 * request nothing but one more try. Throws an RpcError of the UPSTREAM group, or what the signal was aborted with.
 */
export async function askWithKeys<T>(upstream: Upstream, clock: Clock, use: KeyUse, ask: Ask<T>): Promise<Asked<T>> {
  const turns = upstream.keys.begin();
  let failure: RpcError | undefined;
  for (;;) {
    use.signal.throwIfAborted();
    const turn = turns.next(clock.monotonicMs());
    if (turn === undefined) throw withSoonestDelay(failure, upstream, clock.monotonicMs());
    use.usesKey(turn.key.index);
    const surroundings = { provider: upstream.provider, apiKey: turn.key.apiKey, epochMs: clock.epochMs() };
    try {
      return { answer: await ask(turn.key, surroundings), surroundings, release: turn.release };
    } catch (error) {
      turn.release();
      const latest = toUpstreamError(error, { ...surroundings, epochMs: clock.epochMs() });
      setAside(turn, latest, clock.monotonicMs());
      // A limit passes sooner than a refusal.
      if (failure?.reason !== "UPSTREAM_RATE_LIMITED") failure = latest;
    }
  }
}

/** Sets the key aside that a failure is about. Throws one that is about no key: another would not help. */
function setAside(turn: KeyTurn<KeyedClient>, failure: RpcError, nowMs: number): void {
  if (failure.reason === "UPSTREAM_AUTHENTICATION") turn.refused(nowMs);
  else if (failure.reason === "UPSTREAM_RATE_LIMITED") turn.limited(nowMs, failure.retryDelayMs);
  else throw failure;
}

/** A limit with the time at which the first of all keys comes back, not just the one that was asked. */
function withSoonestDelay(failure: RpcError | undefined, { keys }: Upstream, nowMs: number): RpcError | undefined {
  if (failure?.reason !== "UPSTREAM_RATE_LIMITED") return failure;
  const retryDelayMs = keys.backInMs(nowMs);
  if (retryDelayMs === undefined || retryDelayMs === failure.retryDelayMs) return failure;
  return withRetryDelay(failure, retryDelayMs);
}
