import { setTimeout as sleep } from "node:timers/promises";
import { RpcError, Status } from "@switchyard/rpc";

/** The requests that are being answered. */
export interface InFlight {
  /** Whether callers should go elsewhere; what reaches the process all the same is still taken in. */
  readonly isLeaving: boolean;
  /** Takes a request in. Throws UNAVAILABLE (DRAINING) where the patience of {@link InFlight.drain} has ended. */
  add(request: AbortController): void;
  remove(request: AbortController): void;
  /** Tells callers to leave. */
  leave(): void;
  /** Resolves when none has been there for `lingerMs`. After `patienceMs` those left are aborted, and no more are taken. */
  drain(patienceMs: number, lingerMs: number): Promise<void>;
}

/** How long aborted requests get to tell their callers so, in milliseconds. */
const farewellMs = 1_000;

/** Starts with none. */
export function noneInFlight(): InFlight {
  const requests = new Set<AbortController>();
  let isLeaving = false;
  let isOver = false;
  let emptied = Promise.withResolvers<void>();
  const quiet = async (lingerMs: number) => {
    while (requests.size > 0) {
      await emptied.promise;
      if (lingerMs > 0) await sleep(lingerMs);
    }
  };
  return {
    get isLeaving() {
      return isLeaving;
    },
    add(request) {
      if (isOver) throw draining();
      if (requests.size === 0) emptied = Promise.withResolvers();
      requests.add(request);
    },
    remove(request) {
      requests.delete(request);
      if (requests.size === 0) emptied.resolve();
    },
    leave() {
      isLeaving = true;
    },
    async drain(patienceMs, lingerMs) {
      const cut = setTimeout(() => {
        isOver = true;
        for (const request of requests) request.abort(draining());
      }, patienceMs);
      const ended = Promise.withResolvers<void>();
      const leave = setTimeout(ended.resolve, patienceMs + farewellMs);
      await Promise.race([quiet(lingerMs), ended.promise]);
      clearTimeout(cut);
      clearTimeout(leave);
    },
  };
}

const draining = () =>
  new RpcError({
    code: Status.UNAVAILABLE,
    reason: "DRAINING",
    message: "the server is shutting down",
    retryDelayMs: 1_000,
  });
