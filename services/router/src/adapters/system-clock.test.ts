import { expect, it, vi } from "vitest";
import { systemClock } from "./system-clock.ts";

it("does not run at once what is to run in sixty days", () => {
  vi.useFakeTimers();
  try {
    const run = vi.fn();
    const forget = systemClock.after(60 * 86_400_000, run);
    vi.advanceTimersByTime(86_400_000);
    expect(run).not.toHaveBeenCalled();
    forget();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
