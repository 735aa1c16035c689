/**
 * Starts the second piece of work beside the first one, unless the first is done within this turn of the event loop. So a
 * store in the same process, which answers at once, spares the second piece where its answer makes it pointless, and a store
 * across the network costs no waiting. The signal of the second piece aborts when it is cancelled, and with `within`.
 */
export function beside<First, Second>(
  first: Promise<First>,
  within: AbortSignal,
  second: (signal: AbortSignal) => Promise<Second>,
): { readonly result: () => Promise<Second>; readonly cancel: () => void } {
  const controller = new AbortController();
  let started: Promise<Second> | undefined;
  const start = () => {
    if (!started) {
      if (within.aborted) controller.abort(within.reason);
      else within.addEventListener("abort", () => controller.abort(within.reason), { once: true });
      started = second(controller.signal);
      started.catch(() => undefined);
    }
    return started;
  };
  const timer = setImmediate(start);
  first.then(
    () => clearImmediate(timer),
    () => clearImmediate(timer),
  );
  return {
    result: start,
    cancel: () => {
      clearImmediate(timer);
      // The error of an abort that nobody hears costs more than all the rest of this.
      if (started) controller.abort();
    },
  };
}
