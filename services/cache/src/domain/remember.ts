import type { CacheStore, PlaceToFill } from "../ports.ts";
import { type Answer, isForAll, isForRepetition } from "./answer.ts";

/** What became of an answer that was handed in. */
export type Remembered = "stored" | "not_complete" | "too_large";

/**
 * Keeps an answer at those of the given places of one tenant that it is good enough for, if it is not too large: a place of
 * an idempotency key takes every complete answer, one that all share only a successful one. Rejects as the store does.
 */
export async function remember(
  tenant: string,
  places: readonly PlaceToFill[],
  answer: Answer,
  store: CacheStore,
  nowMs: number,
): Promise<Remembered> {
  const fit = isForAll(answer.response)
    ? places
    : places.filter((place) => isOfKey(place) && isForRepetition(answer.response));
  if (fit.length === 0) return "not_complete";
  const kept = await store.put(tenant, fit, { answer, storedAtMs: nowMs }, nowMs);
  return kept ? "stored" : "too_large";
}

/** Only the places of idempotency keys ask a request to be the one that they were made for. */
const isOfKey = ({ requestDigest }: PlaceToFill) => requestDigest !== "";

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
