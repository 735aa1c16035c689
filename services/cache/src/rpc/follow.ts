import type { FollowRequest, FollowResponse } from "@switchyard/contracts/cache/v1/cache";
import { type Call, invalidRequest, RpcError, Status } from "@switchyard/rpc";
import { parseFlightKey } from "../domain/flight-key.ts";
import type { Flights, News } from "../ports.ts";

export interface FollowDependencies {
  /** Undefined where no request waits for another. */
  readonly flights: Flights | undefined;
  readonly leaseMs: number;
  /** Counts those who follow here. */
  readonly seats: Seats;
}

/** How many follow at once, and whether there is room for more. */
export interface Seats {
  hasRoom(): boolean;
  /** Takes a seat; call what it returns to leave it. Undefined where all are taken. */
  take(): (() => void) | undefined;
}

/** So many seats. */
export function createSeats(count: number): Seats {
  let taken = 0;
  return {
    hasRoom: () => taken < count,
    take() {
      if (taken >= count) return undefined;
      taken++;
      return () => void taken--;
    },
  };
}

/** Answers Follow. Throws INVALID_ARGUMENT; UNAVAILABLE as the store of flights does, or where too many follow already. */
export const follow = ({ flights, leaseMs, seats }: FollowDependencies) =>
  async function* (request: FollowRequest, { signal }: Pick<Call, "signal">): AsyncIterable<FollowResponse> {
    const flight = request.flight && parseFlightKey(request.flight.key);
    if (!flight) throw invalidRequest({ field: "flight.key", description: "is not one that Lookup gives" });
    if (!flights) return;
    const leave = seats.take();
    if (!leave) throw tooManyFollow();
    try {
      for await (const news of flights.follow(flight.place, flight.id, leaseMs, signal)) yield toResponse(news);
    } finally {
      leave();
    }
  };

const toResponse = ({ chunks, author, end }: News): FollowResponse => ({
  chunks: [...chunks],
  author: author && { response: undefined, ...author },
  end: end && { ...end },
});

const tooManyFollow = () =>
  new RpcError({ code: Status.UNAVAILABLE, reason: "SERVICE_UNAVAILABLE", message: "too many requests wait already" });
