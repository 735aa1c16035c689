import { createLogger, type Logger } from "@switchyard/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BudgetStore } from "./ports.ts";
import { startSweeping } from "./sweeping.ts";

describe("sweeping", () => {
  let logger: Logger;

  beforeEach(() => {
    vi.useFakeTimers();
    logger = createLogger("budget", "silent");
    vi.spyOn(logger, "warn");
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const start = (sweep: () => Promise<number>) =>
    startSweeping({ sweep } as unknown as BudgetStore, { intervalMs: 1_000, logger });

  it("goes on after a sweep that failed, and tells of a row of failures once", async () => {
    const outcomes = [0, "down", "down", 3, "down"];
    const sweep = vi.fn(async () => {
      const outcome = outcomes.shift();
      if (typeof outcome !== "number") throw new Error(outcome);
      return outcome;
    });
    const sweeping = start(sweep);
    await vi.advanceTimersByTimeAsync(5_000);
    await sweeping.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sweep).toHaveBeenCalledTimes(5);
    expect(vi.mocked(logger.warn).mock.calls.map(([, message]) => message)).toEqual([
      "cannot sweep the budget store",
      "reservations whose lease ended are presumed spent",
      "cannot sweep the budget store",
    ]);
  });

  it("is over only when the sweep that runs is", async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const sweep = vi.fn(() => promise);
    const sweeping = start(sweep);
    await vi.advanceTimersByTimeAsync(1_000);
    let stopped = false;
    const stopping = sweeping.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stopped).toBe(false);
    resolve(0);
    await stopping;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sweep).toHaveBeenCalledOnce();
  });
});
