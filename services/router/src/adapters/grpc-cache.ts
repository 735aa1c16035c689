import { type CacheServiceDefinition, LookupRequest, StoreRequest } from "@switchyard/contracts/cache/v1/cache";
import { type Client, RpcError } from "@switchyard/rpc";
import { Refusal } from "../domain/refusal.ts";
import type { Cache, Recalled } from "../ports.ts";

/** How long a request waits for the cache before it goes on without it, in milliseconds. */
const lookupTimeoutMs = 500;
const storeTimeoutMs = 5_000;

const unavailable: Recalled = { verdict: "CACHE_VERDICT_UNAVAILABLE", answer: undefined, ageSeconds: 0n, tickets: [] };

/** The cache service over gRPC. `onUnavailable` is told of every lookup that went on without it. */
export function grpcCache(client: Client<CacheServiceDefinition>, onUnavailable: (error: unknown) => void): Cache {
  return {
    async lookup(prompt) {
      try {
        return await client.lookup(
          LookupRequest.fromPartial({
            chat: prompt.chat,
            caller: prompt.caller,
            policy: prompt.hints.cachePolicy,
            sensitivity: prompt.hints.sensitivity,
            idempotencyKey: prompt.idempotencyKey,
            scope: prompt.cacheScope,
          }),
          { signal: prompt.signal, deadline: Math.min(prompt.deadline, Date.now() + lookupTimeoutMs) },
        );
      } catch (error) {
        if (error instanceof RpcError && error.reason === "IDEMPOTENCY_KEY_REUSED") {
          throw new Refusal("IDEMPOTENCY_KEY_REUSED", error.message, { metadata: error.metadata });
        }
        onUnavailable(error);
        return unavailable;
      }
    },
    async store(tickets, answer, ttlSeconds) {
      await client.store(StoreRequest.fromPartial({ tickets: [...tickets], answer, ttlSeconds }), {
        deadline: Date.now() + storeTimeoutMs,
      });
    },
  };
}
