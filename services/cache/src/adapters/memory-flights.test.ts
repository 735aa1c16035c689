import { afterAll, beforeAll, vi } from "vitest";
import { flightsContract } from "../flights.contract.ts";
import { createMemoryFlights } from "./memory-flights.ts";

beforeAll(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] }));
afterAll(() => void vi.useRealTimers());

flightsContract("memory", () => {
  const flights = createMemoryFlights(Date.now);
  return {
    open: async () => flights,
    elapse: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
    close: () => flights.close(),
  };
});
