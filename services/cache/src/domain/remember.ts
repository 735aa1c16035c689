import type { CacheStore, PlaceToFill } from "../ports.ts";
import { type Answer, isForAll, isForRepetition } from "./answer.ts";
import { answerHoldsPersonalData } from "./personal-data.ts";
import type { PlaceKind } from "./place.ts";
import type { Space } from "./sharing.ts";

/** What became of an answer that was handed in. */
export type Remembered = "stored" | "not_complete" | "personal_data" | "too_large";

/** A place for an answer, of whatever space and kind. */
export interface KindOfPlaceToFill extends PlaceToFill {
  readonly space: Space;
  readonly kind: PlaceKind;
}

export interface RememberRules {
  /** Whether an answer that ended at its token limit is kept for others. */
  readonly storeTruncated: boolean;
  /** Whether an answer with personal data is kept for its user, or not at all. */
  readonly personalData: "user" | "none";
}

/**
 * Keeps an answer at those of the given places that it is good enough for, if it is not too large: a place of an idempotency
 * key takes every complete answer, the others only a successful one, and those that several users share none with personal
 * data. Rejects as the store does.
 */
export async function remember(
  places: readonly KindOfPlaceToFill[],
  answer: Answer,
  rules: RememberRules,
  store: CacheStore,
  nowMs: number,
): Promise<Remembered> {
  if (!isForRepetition(answer.response)) return "not_complete";
  const isPersonal = answerHoldsPersonalData(answer.response);
  if (isPersonal && rules.personalData === "none") return "personal_data";
  const isGood = isForAll(answer.response, rules.storeTruncated);
  const isShared = !isPersonal && places.some(({ kind }) => kind === "exact");
  const takes: Record<PlaceKind, boolean> = {
    replay: true,
    exact: isGood && !isPersonal,
    // Whoever may read what all share needs no copy.
    own: isGood && !isShared,
  };
  const fit = places.filter(({ kind }) => takes[kind]);
  if (fit.length === 0) return isGood ? "personal_data" : "not_complete";
  return (await putAll(fit, answer, store, nowMs)) ? "stored" : "too_large";
}

async function putAll(places: readonly KindOfPlaceToFill[], answer: Answer, store: CacheStore, nowMs: number) {
  const spaces = Map.groupBy(places, ({ space }) => space);
  const kept = await Promise.all(
    [...spaces].map(([space, own]) => store.put(space, own, { answer, storedAtMs: nowMs }, nowMs)),
  );
  return kept.some(Boolean);
}

export interface Lives {
  /** Of an answer, in seconds. */
  readonly ttlSeconds: number;
  /** Of an answer under an idempotency key, in seconds. */
  readonly idempotencyTtlSeconds: number;
}

/** Life of an entry in milliseconds: the configured one, shortened by what ticket or caller ask for. */
export function lifeMs(
  kind: PlaceKind,
  lives: Lives,
  ticketTtlSeconds: number,
  wantedTtlSeconds: number | undefined,
): number {
  const configured = kind === "replay" ? lives.idempotencyTtlSeconds : lives.ttlSeconds;
  // A caller's wish for fresh answers does not weaken the promise of its idempotency key.
  const wanted = kind === "replay" ? undefined : wantedTtlSeconds;
  return Math.min(configured, ticketTtlSeconds || configured, wanted ?? configured) * 1000;
}
