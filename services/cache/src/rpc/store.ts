import type { StoreRequest, StoreResponse, StoreTicket } from "@switchyard/contracts/cache/v1/cache";
import { invalidRequest } from "@switchyard/rpc";
import { isMeaning, type MeaningMaker, scopeOfPartition } from "../domain/meaning.ts";
import { answerName, type ParsedTicketKey, parseTicketKey } from "../domain/place.ts";
import { type KindOfPlaceToFill, type Lives, lifeMs, type RememberRules, remember } from "../domain/remember.ts";
import type { CacheStore, Meaning } from "../ports.ts";
import { isTag } from "./lookup.ts";
import { fromWire } from "./meaning-wire.ts";

export interface StoreDependencies {
  readonly store: CacheStore;
  readonly lives: Lives;
  readonly rules: RememberRules;
  /** Whether places of these two spaces can come from one lookup. */
  readonly areOfOneTenant: (space: string, other: string) => boolean;
  /** Whose vectors are kept; undefined: none are. */
  readonly maker: MeaningMaker | undefined;
  /** Told where an answer stands now. */
  readonly onStored: (place: { readonly space: string; readonly name: string }) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const digestBytes = 32;

/** Answers Store. Throws INVALID_ARGUMENT naming the ticket that Lookup never gave, UNAVAILABLE as the store does. */
export const store =
  (dependencies: StoreDependencies) =>
  async (request: StoreRequest): Promise<StoreResponse> => {
    const { answer, ttlSeconds } = request;
    if (ttlSeconds !== undefined && ttlSeconds < 1) {
      throw invalidRequest({ field: "ttl_seconds", description: "must be at least 1" });
    }
    if (!answer?.response) throw invalidRequest({ field: "answer.response", description: "is required" });
    const places = toPlaces(request.tickets, dependencies, ttlSeconds);
    const { response, ...rest } = answer;
    const { rules, store, now, onStored } = dependencies;
    const outcome = await remember(places, { response, ...rest }, rules, store, now());
    const first = places[0];
    if (outcome === "stored" && first) onStored(first);
    return outcome === "stored" ? { stored: true, reason: "" } : { stored: false, reason: outcome };
  };

function toPlaces(
  tickets: readonly StoreTicket[],
  dependencies: StoreDependencies,
  wantedTtlSeconds: number | undefined,
): KindOfPlaceToFill[] {
  if (tickets.length === 0) throw invalidRequest({ field: "tickets", description: "needs at least one ticket" });
  let first: ParsedTicketKey | undefined;
  return tickets.map((ticket, index): KindOfPlaceToFill => {
    const refuse = (field: string, description: string) =>
      invalidRequest({ field: `tickets[${index}].${field}`, description });
    const parsed = parseTicketKey(ticket.key);
    if (!parsed) throw refuse("key", "is not a key that Lookup gives");
    first ??= parsed;
    if (!dependencies.areOfOneTenant(first.space, parsed.space)) {
      throw refuse("key", "belongs to another tenant than the first ticket");
    }
    if (ticket.requestDigest.length !== (parsed.kind === "replay" ? digestBytes : 0)) {
      throw refuse("request_digest", "is not the one that Lookup gave");
    }
    if (ticket.ttlSeconds < 0) throw refuse("ttl_seconds", "must not be negative");
    if (!ticket.tags.every(isTag)) throw refuse("tags", "are not those that Lookup gave");
    const meaning = meaningOf(ticket, parsed, dependencies.maker);
    if (meaning === "forged") throw refuse("meaning", "is not the one that Lookup gave");
    return {
      space: parsed.space,
      kind: parsed.kind,
      name: parsed.name,
      requestDigest: Buffer.from(ticket.requestDigest).toString("base64url"),
      ttlMs: lifeMs(parsed.kind, dependencies.lives, ticket.ttlSeconds, wantedTtlSeconds),
      meaning,
      tags: ticket.tags,
    };
  });
}

/** The meaning of a ticket, which belongs to its key; one of an embedder that is no longer used is left out. */
function meaningOf(
  ticket: StoreTicket,
  { kind, name }: ParsedTicketKey,
  maker: MeaningMaker | undefined,
): Meaning | undefined | "forged" {
  if (!ticket.meaning) return undefined;
  const meaning = fromWire(ticket.meaning);
  if (!meaning || kind === "replay") return "forged";
  if (name !== answerName(kind, scopeOfPartition(meaning.partition), meaning.text)) return "forged";
  return maker && isMeaning(meaning, maker) ? meaning : undefined;
}
