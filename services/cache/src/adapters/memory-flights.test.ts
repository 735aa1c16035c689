import { flightsContract } from "../flights.contract.ts";
import { createMemoryFlights } from "./memory-flights.ts";

flightsContract("memory", () => {
  const flights = createMemoryFlights(Date.now);
  return { open: async () => flights, close: () => flights.close() };
});
