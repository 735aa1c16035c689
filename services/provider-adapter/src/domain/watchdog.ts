import type { Clock, Timeouts } from "../ports.ts";
import type { TimeoutName } from "./upstream-error.ts";

/** Ends an attempt that takes too long. Dispose it when the attempt is over. */
export interface Watchdog extends Disposable {
  /** Aborts when the caller goes away or a limit passes. */
  readonly signal: AbortSignal;
  /** The limit that passed; undefined while none has. */
  readonly expired: TimeoutName | undefined;
  /** A chunk arrived: from now on the time is the consumer's. */
  heard(hasContent: boolean): void;
  /** The consumer wants the next chunk: from now on the time is the provider's. */
  waiting(): void;
}

/**
 * Watches one attempt. Every attempt has its total time; a streamed one must also bring its first content in time and may
 * not stall between chunks. While the consumer is busy with a chunk, the provider is not held to have stalled.
 */
export function watchAttempt(clock: Clock, limits: Timeouts, cancel: AbortSignal, isStream: boolean): Watchdog {
  const controller = new AbortController();
  let expired: TimeoutName | undefined;
  let hasContent = false;
  let isWaiting = true;
  let sinceMs = clock.monotonicMs();
  let stopPause: (() => void) | undefined;

  const expire = (name: TimeoutName) => {
    if (controller.signal.aborted) return;
    expired = name;
    controller.abort();
  };
  const pauseLimitMs = () => (hasContent ? limits.stallMs : limits.firstTokenMs);
  const watchPause = (delayMs: number) => {
    // One timer that looks again costs less than one that is set anew for every chunk.
    stopPause = clock.after(delayMs, () => {
      const leftMs = isWaiting ? pauseLimitMs() - (clock.monotonicMs() - sinceMs) : pauseLimitMs();
      if (leftMs > 0) watchPause(leftMs);
      else expire(hasContent ? "stall" : "first_token");
    });
  };
  const follow = () => controller.abort(cancel.reason);

  if (cancel.aborted) follow();
  else cancel.addEventListener("abort", follow, { once: true });
  const stopTotal = clock.after(limits.totalMs, () => expire("total"));
  if (isStream) watchPause(limits.firstTokenMs);

  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    heard(brought) {
      isWaiting = false;
      if (!brought || hasContent) return;
      hasContent = true;
      // The stall limit may be the shorter one.
      stopPause?.();
      watchPause(limits.stallMs);
    },
    waiting() {
      isWaiting = true;
      if (hasContent) sinceMs = clock.monotonicMs();
    },
    [Symbol.dispose]() {
      stopTotal();
      stopPause?.();
      cancel.removeEventListener("abort", follow);
    },
  };
}
