import { deadlineExceeded } from "./rpc-error.ts";

/** A signal that follows a caller's cancellation and a deadline; dispose when the call is over. */
export interface CallSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** setTimeout fires at once for delays beyond 2^31 - 1 ms. */
export const longestTimerMs = 2_147_483_647;

/** Joins cancellation and deadline in one signal. The reason of a passed deadline is an RpcError. */
export function callSignal(cancel: AbortSignal | undefined, deadline: number | undefined): CallSignal {
  const controller = new AbortController();
  const onCancel = () => controller.abort(cancel?.reason);
  if (cancel?.aborted) onCancel();
  else cancel?.addEventListener("abort", onCancel, { once: true });
  const expire = () => controller.abort(deadlineExceeded());
  const left = deadline === undefined ? undefined : deadline - Date.now();
  let timer: NodeJS.Timeout | undefined;
  if (left !== undefined && left <= 0) expire();
  else if (left !== undefined) timer = setTimeout(expire, Math.min(left, longestTimerMs));
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      cancel?.removeEventListener("abort", onCancel);
    },
  };
}
