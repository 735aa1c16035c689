import type { Clock } from "../../ports.ts";
import { isLate, type Patience } from "../request.ts";
import { AttemptFailure, asFailure } from "./attempt-failure.ts";

/**
 * What one attempt may take of its caller's patience. Where the platform itself ends it, the signal's reason is the
 * AttemptFailure. Dispose it when the attempt is over.
 */
export interface Leg extends Patience, Disposable {
  /** From now on only the caller's own time counts: the answer has begun. */
  commit(): void;
  /** Drops the attempt: another has won. */
  abandon(): void;
  /** Whether it was dropped: its provider was at work, and has at least read the prompt. */
  isAbandoned(): boolean;
  /** Ends the call to the provider, whose answer nobody reads any more. */
  hangUp(): void;
  /** Why the attempt really failed: a dropped one fails in many ways, but only for who dropped it. */
  failureOf(error: unknown): AttemptFailure;
}

/** Begins a leg of at most so many milliseconds, if that is less than the caller has. `onUnforeseen` is told of errors that nobody foresaw. */
export function beginLeg(
  caller: Patience,
  limitMs: number | undefined,
  clock: Clock,
  onUnforeseen: (error: unknown) => void,
): Leg {
  const controller = new AbortController();
  let end: AttemptFailure | undefined;
  let isAbandoned = false;
  const stop = (failure: AttemptFailure) => {
    end ??= failure;
    controller.abort(end);
  };
  const onCaller = () => controller.abort(caller.signal.reason);
  if (caller.signal.aborted) onCaller();
  else caller.signal.addEventListener("abort", onCaller, { once: true });
  const forget = limitMs === undefined ? () => undefined : clock.after(limitMs, () => stop(tooSlow(limitMs)));
  return {
    signal: controller.signal,
    deadline: caller.deadline,
    commit: forget,
    abandon() {
      isAbandoned ||= end === undefined;
      stop(new AttemptFailure("CANCELLED", "another answer came first"));
    },
    isAbandoned: () => isAbandoned,
    hangUp: () => controller.abort(),
    failureOf(error) {
      if (end && isAbandoned) return end;
      if (isLate(caller, clock.now())) return new AttemptFailure("DEADLINE_EXCEEDED", "the deadline passed");
      if (end) return end;
      if (caller.signal.aborted) return new AttemptFailure("CANCELLED", "the caller cancelled the call");
      const failure = asFailure(error, onUnforeseen);
      // Nobody here did: a peer that stops cancels what it was at.
      return failure.reason === "CANCELLED" ? new AttemptFailure("SERVICE_UNAVAILABLE", "the call was cut") : failure;
    },
    [Symbol.dispose]() {
      forget();
      caller.signal.removeEventListener("abort", onCaller);
    },
  };
}

const tooSlow = (limitMs: number) =>
  new AttemptFailure("UPSTREAM_TIMEOUT", `no answer came within ${Math.round(limitMs)} ms`);

const least = 0.5;
const most = 0.8;
const unknown = 2 / 3;

/**
 * How long a place may take of the time that is left, in milliseconds, when another could still answer after it: one and a
 * half times what it usually takes (its 95th percentile), but no less than half of the time left and no more than four fifths.
 */
export function shareOf(leftMs: number, usualMs: number | undefined): number {
  if (usualMs === undefined) return leftMs * unknown;
  return Math.min(leftMs * most, Math.max(leftMs * least, usualMs * 1.5));
}
