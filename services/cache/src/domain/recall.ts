import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { CacheStore, Entry, Meaning, Patience } from "../ports.ts";
import { type AdmissionRules, admit } from "./admission.ts";
import { type Flight, type FlightContext, joinFlight, leaveFlight } from "./fly.ts";
import type { SpacedPlace } from "./place.ts";
import { type MeantPlace, type Places, placesOf } from "./places-of.ts";
import type { Question } from "./question.ts";
import { type MeaningContext, type MeaningHit, searchByMeaning } from "./search-by-meaning.ts";
import type { Sharing } from "./sharing.ts";

export interface RecallRules extends AdmissionRules {
  /** Life of an answer under an idempotency key, in milliseconds. */
  readonly replayTtlMs: number;
}

export interface RecallContext {
  readonly store: CacheStore;
  readonly rules: RecallRules;
  readonly sharing: Sharing;
  /** Undefined: only equal requests share an answer. */
  readonly meaning: MeaningContext | undefined;
  /** Undefined: no request waits for another. */
  readonly flight: FlightContext | undefined;
  /** Told of the fault for which a hit could not be kept under its request's idempotency key. */
  readonly onUnkept: (fault: unknown) => void;
}

/** A place where the answer of a request may be kept. */
export interface OpenPlace extends SpacedPlace {
  /** 0: the configured life. */
  readonly ttlSeconds: number;
  readonly meaning: Meaning | undefined;
}

/** What the cache knows of a request. */
export type Recalled =
  | { readonly kind: "exact_hit" | "replay"; readonly entry: Entry; readonly place: SpacedPlace }
  | {
      readonly kind: "semantic_hit";
      readonly entry: Entry;
      readonly space: string;
      readonly hit: MeaningHit;
      readonly embedding: Attempt | undefined;
    }
  /** Nothing was found, or nothing was looked for; a new answer may be kept at these places. */
  | {
      readonly kind: "miss" | "bypass";
      readonly places: readonly OpenPlace[];
      readonly flight: Flight | undefined;
      readonly embedding: Attempt | undefined;
    }
  /** The idempotency key belongs to another request. */
  | { readonly kind: "key_reused" };

/**
 * Finds the answer of a request: the one its idempotency key was given, else that of an equal request, else that of one that
 * means the same; beside that last search it joins the flight of equal requests. Rejects as the store does where it cannot be
 * read; a hit is a hit although it cannot be kept under the request's idempotency key.
 */
export async function recall(
  question: Question,
  context: RecallContext,
  nowMs: number,
  patience: Patience,
): Promise<Recalled> {
  const admission = admit(question, context.rules);
  const places = placesOf(question, admission, context.sharing, context.rules);
  const kept = await readKept(places, admission.read, context.store, nowMs);

  const { replay, main } = places;
  const replayed = replay && kept(replay);
  if (replay && replayed) {
    const isSame = replayed.requestDigest === replay.requestDigest;
    return isSame ? { kind: "replay", entry: replayed, place: replay } : { kind: "key_reused" };
  }
  const place = [main, places.own].find((one) => one && kept(one));
  const entry = place && kept(place);
  if (entry) {
    await keepForKey(entry, replay, context, nowMs);
    return { kind: "exact_hit", entry, place };
  }
  if (!main)
    return { kind: "bypass", places: openPlaces(places, 0, undefined), flight: undefined, embedding: undefined };

  const [meant, flight] = await Promise.all([
    context.meaning && searchByMeaning(main, places.text, admission.read, context.meaning, nowMs, patience),
    admission.read && question.mayFollow && context.flight ? joinFlight(main, context.flight) : undefined,
  ]);
  if (flight && context.flight && (meant?.hit || patience.signal?.aborted)) leaveFlight(flight, context.flight);
  if (meant?.hit) {
    await keepForKey(meant.hit.entry, replay, context, nowMs);
    const { hit, attempt: embedding } = meant;
    return { kind: "semantic_hit", entry: hit.entry, space: main.space, hit, embedding };
  }
  return {
    kind: admission.read ? "miss" : "bypass",
    places: openPlaces(places, admission.ttlSeconds, meant?.meaning),
    flight,
    embedding: meant?.attempt,
  };
}

/** Reads all places in one round trip, those of different spaces side by side. */
async function readKept({ replay, main, own }: Places, isToRead: boolean, store: CacheStore, nowMs: number) {
  const namesBySpace = new Map<string, string[]>();
  for (const place of isToRead ? [replay, main, own] : [replay]) {
    if (!place) continue;
    const names = namesBySpace.get(place.space);
    if (names) names.push(place.name);
    else namesBySpace.set(place.space, [place.name]);
  }
  const found = new Map<string, Entry>();
  await Promise.all(
    [...namesBySpace].map(async ([space, names]) => {
      const entries = await store.get(space, names, nowMs);
      entries.forEach((entry, index) => {
        if (entry) found.set(names[index] as string, entry);
      });
    }),
  );
  // Names are hashes over the space too: no two places have the same.
  return ({ name }: SpacedPlace) => found.get(name);
}

/** From now on the key answers for itself, though the answer it was given first may be replaced or forgotten. */
async function keepForKey(entry: Entry, replay: SpacedPlace | undefined, context: RecallContext, nowMs: number) {
  if (!replay) return;
  const { name, requestDigest, space } = replay;
  const place = { name, requestDigest, ttlMs: context.rules.replayTtlMs };
  await context.store.put(space, [place], entry, nowMs).catch(context.onUnkept);
}

function openPlaces({ main, own, replay }: Places, ttlSeconds: number, meaning: Meaning | undefined): OpenPlace[] {
  const open: OpenPlace[] = [];
  const add = (place: SpacedPlace | MeantPlace | undefined, ttl: number, means: Meaning | undefined) => {
    if (!place) return;
    const { space, name, requestDigest } = place;
    open.push({ space, name, requestDigest, ttlSeconds: ttl, meaning: means });
  };
  add(main, ttlSeconds, meaning);
  add(replay, 0, undefined);
  add(own, ttlSeconds, undefined);
  return open;
}
