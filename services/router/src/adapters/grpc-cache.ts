import type { CacheServiceDefinition } from "@switchyard/contracts/cache/v1/cache";
import { type Client, RpcError } from "@switchyard/rpc";
import { refuseWhenOver } from "../domain/dispatch/refusals.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Cache, Recalled } from "../ports.ts";
import type { OutageLog } from "./outage-log.ts";
import { systemClock } from "./system-clock.ts";

/** How long a request waits for the cache before it goes on without it, in milliseconds. */
const lookupTimeoutMs = 500;
const storeTimeoutMs = 5_000;

const unavailable: Recalled = { verdict: "CACHE_VERDICT_UNAVAILABLE", answer: undefined, ageSeconds: 0n, tickets: [] };

/** The cache service over gRPC. */
export function grpcCache(client: Client<CacheServiceDefinition>, log: OutageLog): Cache {
  return {
    async lookup(prompt) {
      const { chat, caller, hints, idempotencyKey, cacheScope: scope, signal } = prompt;
      const request = {
        chat,
        caller,
        policy: hints.cachePolicy,
        sensitivity: hints.sensitivity,
        idempotencyKey,
        scope,
        tags: hints.cacheTags,
        mayFollow: false,
      };
      try {
        const recalled = await client.lookup(request, {
          signal,
          deadline: Math.min(prompt.deadline, Date.now() + lookupTimeoutMs),
        });
        log.worked();
        return recalled;
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
  };
}
