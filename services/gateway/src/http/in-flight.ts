import { setTimeout as sleep } from "node:timers/promises";
import { RpcError, Status } from "@switchyard/rpc";

/** The requests that are being answered. */
export interface InFlight {
  /** Whether callers should go elsewhere; requests may still be taken in. */
  readonly isLeaving: boolean;
  /** Takes a request in. Throws UNAVAILABLE (DRAINING) when no more are taken. */
  add(request: AbortController): void;
  remove(request: AbortController): void;
  /** Takes no more after `noticeMs`; resolves when all are done. After further `patienceMs` those left are aborted. */
  drain(patienceMs: number, noticeMs?: number): Promise<void>;
}

/** How long aborted requests get to tell their callers so, in milliseconds. */
const farewellMs = 1_000;

/** Starts with none. */
export function noneInFlight(): InFlight {
  const requests = new Set<AbortController>();
  let isLeaving = false;
  let isDraining = false;
  const empty = Promise.withResolvers<void>();
  const settle = () => {
    if (isDraining && requests.size === 0) empty.resolve();
  };
  return {
    get isLeaving() {
      return isLeaving;
    },
    add(request) {
      if (isDraining) throw draining();
      requests.add(request);
    },
    remove(request) {
      requests.delete(request);
      settle();
    },
    async drain(patienceMs, noticeMs = 0) {
      isLeaving = true;
      if (noticeMs > 0) await sleep(noticeMs);
      isDraining = true;
      settle();
      const cut = setTimeout(() => {
        for (const request of requests) request.abort(draining());
      }, patienceMs);
      const leave = setTimeout(() => empty.resolve(), patienceMs + farewellMs);
      await empty.promise;
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
