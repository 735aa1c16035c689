import type { LookupRequest, LookupResponse, StoreTicket } from "@switchyard/contracts/cache/v1/cache";
import { CacheVerdict } from "@switchyard/contracts/type/v1/routing";
import { type FieldViolation, invalidRequest, RpcError, Status } from "@switchyard/rpc";
import { type Place, ticketKey } from "../domain/place.ts";
import { type Question, type Recalled, type RecallRules, recall } from "../domain/recall.ts";
import type { CacheStore } from "../ports.ts";

export interface LookupDependencies {
  readonly store: CacheStore;
  readonly rules: RecallRules;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of the fault for which a hit could not be kept under its request's idempotency key. */
  readonly onUnkept: (fault: unknown) => void;
}

/** Answers Lookup. Throws INVALID_ARGUMENT, ALREADY_EXISTS for a reused idempotency key, UNAVAILABLE as the store does. */
export async function lookup(request: LookupRequest, dependencies: LookupDependencies): Promise<LookupResponse> {
  const { store, rules, now, onUnkept } = dependencies;
  const question = toQuestion(request);
  const nowMs = now();
  return toResponse(question.tenant, await recall(question, store, rules, nowMs, onUnkept), rules, nowMs);
}

function toQuestion({ chat, caller, policy, sensitivity, idempotencyKey, scope }: LookupRequest): Question {
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
  if (violations.length > 0 || !chat || !caller) throw invalidRequest(...violations);
  return { chat, tenant: caller.tenant, user: caller.user, policy, sensitivity, idempotencyKey, scope };
}

function toResponse(tenant: string, recalled: Recalled, rules: RecallRules, nowMs: number): LookupResponse {
  switch (recalled.kind) {
    case "hit":
    case "replay": {
      const { answer, storedAtMs } = recalled.entry;
      return {
        verdict: recalled.kind === "hit" ? CacheVerdict.EXACT_HIT : CacheVerdict.REPLAY,
        answer,
        // Clocks of two replicas may differ; an answer from the future is new.
        ageSeconds: BigInt(Math.max(0, Math.floor((nowMs - storedAtMs) / 1000))),
        tickets: [],
        ...nothingMore,
      };
    }
    case "miss":
    case "bypass": {
      const tickets: StoreTicket[] = [];
      if (recalled.exact) tickets.push(ticket(tenant, recalled.exact, 0));
      if (recalled.replay) tickets.push(ticket(tenant, recalled.replay, rules.replayTtlMs / 1000));
      return {
        verdict: recalled.kind === "miss" ? CacheVerdict.MISS : CacheVerdict.BYPASS,
        answer: undefined,
        ageSeconds: 0n,
        tickets,
        ...nothingMore,
      };
    }
    case "key_reused":
      throw new RpcError({
        code: Status.ALREADY_EXISTS,
        reason: "IDEMPOTENCY_KEY_REUSED",
        message: "the idempotency key was used with another request",
      });
  }
}

const nothingMore = { entryId: "", likeness: undefined, flight: undefined, embedding: undefined };

function ticket(tenant: string, place: Place, ttlSeconds: number): StoreTicket {
  return {
    key: ticketKey(tenant, place),
    requestDigest: Buffer.from(place.requestDigest, "base64url"),
    ttlSeconds,
    meaning: undefined,
    tags: [],
  };
}
