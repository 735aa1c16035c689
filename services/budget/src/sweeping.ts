import type { Logger } from "@switchyard/telemetry";
import type { BudgetStore } from "./ports.ts";

export interface Sweeping {
  /** Resolves once no sweep runs any more. */
  stop(): Promise<void>;
}

/** Sweeps a store again and again; a sweep that fails is told of once, until one succeeds. */
export function startSweeping(store: BudgetStore, options: { intervalMs: number; logger: Logger }): Sweeping {
  const { intervalMs, logger } = options;
  let failing = false;
  let running: Promise<void> = Promise.resolve();

  const sweep = async () => {
    try {
      const presumed = await store.sweep();
      if (presumed > 0) logger.warn({ count: presumed }, "reservations whose lease ended are presumed spent");
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, "cannot sweep the budget store");
      failing = true;
    }
  };
  let stopped = false;
  const later = () =>
    setTimeout(() => {
      running = sweep().then(() => {
        if (!stopped) timer = later();
      });
    }, intervalMs).unref();
  let timer = later();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
