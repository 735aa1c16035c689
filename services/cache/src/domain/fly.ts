import type { Flights, Joined } from "../ports.ts";
import type { SpacedPlace } from "./place.ts";

/** What it takes to wait for an answer that is on its way. */
export interface FlightContext {
  readonly flights: Flights;
  /** How long a leader may be silent. */
  readonly leaseMs: number;
  /** Whether one more may follow here. */
  readonly hasRoom: () => boolean;
  /** Told of what made it impossible to join; the request goes on alone. */
  readonly onFault: (fault: unknown) => void;
}

/** A flight that a request is part of. */
export interface Flight extends Joined {
  readonly place: SpacedPlace;
  readonly leaseMs: number;
}

/** Joins the flight to a place. Undefined where there is none to be had: each for itself then. Never rejects. */
export async function joinFlight(place: SpacedPlace, context: FlightContext): Promise<Flight | undefined> {
  const { flights, leaseMs, hasRoom, onFault } = context;
  const joined = await flights.join({ tenant: place.space, name: place.name }, leaseMs).catch(onFault);
  if (!joined || (joined.lease === undefined && !hasRoom())) return undefined;
  return { ...joined, place, leaseMs };
}

/** Ends a flight that its leader has no use for: whoever follows asks again. Never waits, never rejects. */
export function leaveFlight({ place, lease, leaseMs }: Flight, { flights, onFault }: FlightContext): void {
  if (lease === undefined) return;
  const end = { chunks: [], author: undefined, end: { answer: undefined, passing: false } };
  flights.publish({ tenant: place.space, name: place.name }, lease, leaseMs, end).catch(onFault);
}
