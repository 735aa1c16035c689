import type { CacheStore, PlaceToFill } from "../ports.ts";
import { type Answer, isComplete } from "./answer.ts";

/** What became of an answer that was handed in. */
export type Remembered = "stored" | "not_complete" | "too_large";

/** Keeps an answer at the given places of one tenant, if it is complete and not too large. Rejects as the store does. */
export async function remember(
  tenant: string,
  places: readonly PlaceToFill[],
  answer: Answer,
  store: CacheStore,
  nowMs: number,
): Promise<Remembered> {
  if (!isComplete(answer.response)) return "not_complete";
  const kept = await store.put(tenant, places, { answer, storedAtMs: nowMs }, nowMs);
  return kept ? "stored" : "too_large";
}

export interface Lives {
  /** Of an answer, in seconds. */
  readonly ttlSeconds: number;
  /** Of an answer under an idempotency key, in seconds. */
  readonly idempotencyTtlSeconds: number;
}

/** Life of an entry in milliseconds: the configured one, shortened by what ticket or caller ask for. */
export function lifeMs(
  kind: "exact" | "replay",
  lives: Lives,
  ticketTtlSeconds: number,
  wantedTtlSeconds: number | undefined,
): number {
  const configured = kind === "replay" ? lives.idempotencyTtlSeconds : lives.ttlSeconds;
  // A caller's wish for fresh answers does not weaken the promise of its idempotency key.
  const wanted = kind === "exact" ? wantedTtlSeconds : undefined;
  return Math.min(configured, ticketTtlSeconds || configured, wanted ?? configured) * 1000;
}
