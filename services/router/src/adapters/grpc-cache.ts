import type { CacheServiceDefinition, FollowResponse } from "@switchyard/contracts/cache/v1/cache";
import { type CallOptions, type Client, RpcError } from "@switchyard/rpc";
import { refuseWhenOver } from "../domain/dispatch/refusals.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Patience } from "../domain/request.ts";
import type { Cache, FlightNews, Found } from "../ports.ts";
import type { OutageLog } from "./outage-log.ts";
import { systemClock } from "./system-clock.ts";

/** How long a request waits for the cache before it goes on without it, in milliseconds. */
const lookupTimeoutMs = 500;
const storeTimeoutMs = 5_000;
/** Those who follow wait for no leader that takes longer to be heard. */
const publishTimeoutMs = 1_000;
const removalTimeoutMs = 30_000;

const unavailable: Found = {
  verdict: "CACHE_VERDICT_UNAVAILABLE",
  answer: undefined,
  ageSeconds: 0n,
  tickets: [],
  entryId: "",
  likeness: undefined,
  flight: undefined,
  embedding: undefined,
};

/** The cache service over gRPC. */
export function grpcCache(client: Client<CacheServiceDefinition>, log: OutageLog): Cache {
  return {
    async lookup(prompt, mayFollow) {
      const { chat, caller, hints, idempotencyKey, cacheScope: scope, signal } = prompt;
      const { cachePolicy: policy, cacheTags: tags, sensitivity } = hints;
      const request = { chat, caller, policy, sensitivity, idempotencyKey, scope, tags, mayFollow };
      try {
        const found = await client.lookup(request, {
          signal,
          deadline: Math.min(prompt.deadline, Date.now() + lookupTimeoutMs),
        });
        log.worked();
        return found;
      } catch (error) {
        if (error instanceof RpcError && error.reason === "IDEMPOTENCY_KEY_REUSED") {
          throw new Refusal("IDEMPOTENCY_KEY_REUSED", error.message, { metadata: error.metadata });
        }
        refuseWhenOver(prompt, systemClock);
        log.failed(error);
        return unavailable;
      }
    },
    async store(tickets, answer, ttlSeconds) {
      const request = { tickets: [...tickets], answer, ttlSeconds };
      await client.store(request, { deadline: Date.now() + storeTimeoutMs });
    },
    publish: async (flight, { chunks, author, end }) =>
      client.publish({ flight, chunks: [...chunks], author, end }, { deadline: Date.now() + publishTimeoutMs }),
    async *follow(flight, { signal, deadline }) {
      for await (const news of client.follow({ flight }, { signal, deadline })) yield newsOf(news);
    },
    async reportBadHit(caller, entryId, patience) {
      return (await amend(patience, (options) => client.reportBadHit({ caller, entryId }, options))).removed;
    },
    async invalidate({ tenant }, { tags, model, everything }, patience) {
      const request = { tenant, tags: [...tags], model, everything };
      return (await amend(patience, (options) => client.invalidate(request, options))).removed;
    },
  };
}

const newsOf = ({ chunks, author, end }: FollowResponse): FlightNews => ({ chunks, author, end });

/** Calls the cache for its own sake: here a cache that is away is no miss. Throws Refusal. */
async function amend<T>(patience: Patience, call: (options: CallOptions) => Promise<T>): Promise<T> {
  const { signal, deadline } = patience;
  try {
    return await call({ signal, deadline: Math.min(deadline, Date.now() + removalTimeoutMs) });
  } catch (error) {
    refuseWhenOver(patience, systemClock);
    if (!(error instanceof RpcError)) throw error;
    if (error.reason === "INVALID_REQUEST") throw new Refusal("INVALID_REQUEST", error.message);
    throw new Refusal("SERVICE_UNAVAILABLE", "the cache cannot be reached", { retryAfterMs: 1_000 });
  }
}
