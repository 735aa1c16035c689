import type {
  LookupRequest,
  LookupResponse,
  StoreTicket,
  Flight as WireFlight,
} from "@switchyard/contracts/cache/v1/cache";
import { CacheVerdict } from "@switchyard/contracts/type/v1/routing";
import { type Call, type FieldViolation, invalidRequest, RpcError, Status } from "@switchyard/rpc";
import { entryId } from "../domain/entry-id.ts";
import { flightKey } from "../domain/flight-key.ts";
import type { Flight } from "../domain/fly.ts";
import { ticketKey } from "../domain/place.ts";
import type { Question } from "../domain/question.ts";
import { type OpenPlace, type RecallContext, type Recalled, recall } from "../domain/recall.ts";
import type { Entry } from "../ports.ts";
import { toWire } from "./meaning-wire.ts";

export interface LookupDependencies extends RecallContext {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const mostTags = 16;
const mostTagCharacters = 128;

/** Answers Lookup. Throws INVALID_ARGUMENT, ALREADY_EXISTS for a reused idempotency key, UNAVAILABLE as the store does. */
export const lookup =
  (dependencies: LookupDependencies) =>
  async (request: LookupRequest, { signal, deadline }: Pick<Call, "signal" | "deadline">): Promise<LookupResponse> => {
    const question = toQuestion(request);
    const nowMs = dependencies.now();
    const recalled = await recall(question, dependencies, nowMs, { signal, deadline });
    return toResponse(recalled, request.tags, dependencies.rules.replayTtlMs / 1000, nowMs);
  };

function toQuestion(request: LookupRequest): Question {
  const { chat, caller, policy, sensitivity, idempotencyKey, scope, tags, mayFollow } = request;
  const violations: FieldViolation[] = [];
  const require = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field, description });
  };
  require(chat !== undefined, "chat", "is required");
  require(chat?.model !== "", "chat.model", "is required");
  require(chat?.messages.length !== 0, "chat.messages", "needs at least one message");
  chat?.messages.forEach(({ role }, index) => {
    // Roles that are not known here would all look alike in the key.
    require(role !== "UNRECOGNIZED", `chat.messages[${index}].role`, "is not known");
  });
  require(Boolean(caller?.tenant), "caller.tenant", "is required");
  require(caller?.tenant.isWellFormed() ?? true, "caller.tenant", "is not valid Unicode");
  require(tags.length <= mostTags, "tags", `are more than ${mostTags}`);
  tags.forEach((tag, index) => {
    require(isTag(tag), `tags[${index}]`, `must be 1 to ${mostTagCharacters} characters`);
  });
  if (violations.length > 0 || !chat || !caller) throw invalidRequest(...violations);
  const { tenant, user } = caller;
  return { chat, tenant, user, policy, sensitivity, idempotencyKey, scope, mayFollow };
}

/** Whether a text can mark answers. */
export const isTag = (tag: string): boolean => tag !== "" && tag.length <= mostTagCharacters && tag.isWellFormed();

function toResponse(recalled: Recalled, tags: string[], replayTtlSeconds: number, nowMs: number): LookupResponse {
  switch (recalled.kind) {
    case "replay":
      return hit(CacheVerdict.REPLAY, recalled.entry, nowMs, {});
    case "exact_hit": {
      const { entry, place } = recalled;
      const id = entryId({ ...place, storedAtMs: entry.storedAtMs, partition: "" });
      return hit(CacheVerdict.EXACT_HIT, entry, nowMs, { entryId: id });
    }
    case "semantic_hit": {
      const { entry, space, embedding } = recalled;
      const { name, partition, cosine, probability } = recalled.hit;
      const id = entryId({ space, name, storedAtMs: entry.storedAtMs, partition });
      const likeness = { cosine, probability };
      return hit(CacheVerdict.SEMANTIC_HIT, entry, nowMs, { entryId: id, likeness, embedding });
    }
    case "miss":
    case "bypass":
      return {
        verdict: recalled.kind === "miss" ? CacheVerdict.MISS : CacheVerdict.BYPASS,
        answer: undefined,
        ageSeconds: 0n,
        tickets: recalled.places.map((place) => ticket(place, tags, replayTtlSeconds)),
        entryId: "",
        likeness: undefined,
        flight: recalled.flight && flight(recalled.flight),
        embedding: recalled.embedding,
      };
    case "key_reused":
      throw new RpcError({
        code: Status.ALREADY_EXISTS,
        reason: "IDEMPOTENCY_KEY_REUSED",
        message: "the idempotency key was used with another request",
      });
  }
}

function hit(verdict: CacheVerdict, entry: Entry, nowMs: number, more: Partial<LookupResponse>): LookupResponse {
  return {
    verdict,
    answer: entry.answer,
    // Clocks of two replicas may differ; an answer from the future is new.
    ageSeconds: BigInt(Math.max(0, Math.floor((nowMs - entry.storedAtMs) / 1000))),
    tickets: [],
    entryId: "",
    likeness: undefined,
    flight: undefined,
    embedding: undefined,
    ...more,
  };
}

function ticket(place: OpenPlace, tags: string[], replayTtlSeconds: number): StoreTicket {
  return {
    key: ticketKey(place),
    requestDigest: Buffer.from(place.requestDigest, "base64url"),
    ttlSeconds: place.requestDigest === "" ? place.ttlSeconds : replayTtlSeconds,
    meaning: place.meaning && toWire(place.meaning),
    tags,
  };
}

const flight = ({ place, id, lease = "", leaseMs }: Flight): WireFlight => ({
  key: flightKey({ tenant: place.space, name: place.name }, id),
  lease,
  leaseMs,
});
