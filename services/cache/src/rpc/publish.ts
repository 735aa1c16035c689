import type { PublishRequest, PublishResponse, StoredAnswer } from "@switchyard/contracts/cache/v1/cache";
import { invalidRequest } from "@switchyard/rpc";
import type { Answer } from "../domain/answer.ts";
import { parseFlightKey } from "../domain/flight-key.ts";
import { answerHoldsPersonalData } from "../domain/personal-data.ts";
import type { FlightPlace, Flights, News } from "../ports.ts";

export interface PublishDependencies {
  /** Undefined where no request waits for another. */
  readonly flights: Flights | undefined;
  readonly leaseMs: number;
}

/** Answers Publish. Throws INVALID_ARGUMENT, UNAVAILABLE as the store of flights does. */
export const publish =
  ({ flights, leaseMs }: PublishDependencies) =>
  async (request: PublishRequest): Promise<PublishResponse> => {
    const flight = request.flight && parseFlightKey(request.flight.key);
    if (!flight) throw invalidRequest({ field: "flight.key", description: "is not one that Lookup gives" });
    const lease = request.flight?.lease ?? "";
    if (lease === "") throw invalidRequest({ field: "flight.lease", description: "is required" });
    if (!flights) return { followed: false, leads: false };
    return flights.publish(flight.place, lease, leaseMs, newsOf(request, flight.place));
  };

/**
 * Undefined for a mere sign of life. An answer with personal data is for those who follow already, as they would have got it
 * themselves; it is kept for nobody who comes later, unless the flight is one user's.
 */
function newsOf({ chunks, author, end }: PublishRequest, { name }: FlightPlace): News | undefined {
  if (chunks.length === 0 && !author && !end) return undefined;
  const answer = toAnswer(end?.answer);
  const isPrivate = answer !== undefined && name.startsWith("exact-") && answerHoldsPersonalData(answer.response);
  const passing = isPrivate || end?.passing === true;
  return { chunks, author: author && withoutResponse(author), end: end && { answer, passing } };
}

function toAnswer(stored: StoredAnswer | undefined): Answer | undefined {
  if (!stored?.response) return undefined;
  const { response, ...rest } = stored;
  return { response, ...rest };
}

function withoutResponse({ response: _, ...author }: StoredAnswer) {
  return author;
}
