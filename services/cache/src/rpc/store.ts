import type { StoreRequest, StoreResponse, StoreTicket } from "@switchyard/contracts/cache/v1/cache";
import { invalidRequest } from "@switchyard/rpc";
import { parseTicketKey } from "../domain/place.ts";
import { type Lives, lifeMs, remember } from "../domain/remember.ts";
import type { CacheStore, PlaceToFill } from "../ports.ts";

export interface StoreDependencies {
  readonly store: CacheStore;
  readonly lives: Lives;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const digestBytes = 32;

/** Answers Store. Throws INVALID_ARGUMENT naming the ticket that Lookup never gave, UNAVAILABLE as the store does. */
export async function store(request: StoreRequest, dependencies: StoreDependencies): Promise<StoreResponse> {
  const { answer, ttlSeconds } = request;
  if (ttlSeconds !== undefined && ttlSeconds < 1) {
    throw invalidRequest({ field: "ttl_seconds", description: "must be at least 1" });
  }
  if (!answer?.response) throw invalidRequest({ field: "answer.response", description: "is required" });
  const { tenant, places } = toPlaces(request.tickets, dependencies.lives, ttlSeconds);
  const { response, ...rest } = answer;
  const outcome = await remember(tenant, places, { response, ...rest }, dependencies.store, dependencies.now());
  return outcome === "stored" ? { stored: true, reason: "" } : { stored: false, reason: outcome };
}

function toPlaces(
  tickets: readonly StoreTicket[],
  lives: Lives,
  wantedTtlSeconds: number | undefined,
): { tenant: string; places: PlaceToFill[] } {
  let tenant: string | undefined;
  const places = tickets.map((ticket, index): PlaceToFill => {
    const at = (field: string) => `tickets[${index}].${field}`;
    const parsed = parseTicketKey(ticket.key);
    if (!parsed) throw invalidRequest({ field: at("key"), description: "is not a key that Lookup gives" });
    tenant ??= parsed.tenant;
    if (parsed.tenant !== tenant) {
      throw invalidRequest({ field: at("key"), description: "belongs to another tenant than the first ticket" });
    }
    if (ticket.requestDigest.length !== (parsed.kind === "replay" ? digestBytes : 0)) {
      throw invalidRequest({ field: at("request_digest"), description: "is not the one that Lookup gave" });
    }
    if (ticket.ttlSeconds < 0) throw invalidRequest({ field: at("ttl_seconds"), description: "must not be negative" });
    return {
      name: parsed.name,
      requestDigest: Buffer.from(ticket.requestDigest).toString("base64url"),
      ttlMs: lifeMs(parsed.kind, lives, ticket.ttlSeconds, wantedTtlSeconds),
    };
  });
  if (tenant === undefined) throw invalidRequest({ field: "tickets", description: "needs at least one ticket" });
  return { tenant, places };
}
