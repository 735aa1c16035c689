import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { CachePolicy } from "@switchyard/contracts/vocabulary/routing";
import type { CacheStore, Entry } from "../ports.ts";
import { type Admission, admit } from "./admission.ts";
import { exactPlace, type Partition, type Place, replayPlace } from "./place.ts";
import { requestDigest } from "./request-digest.ts";

/** A request that may have been answered before. */
export interface Question extends Partition {
  readonly chat: ChatRequest;
  readonly policy: CachePolicy;
  /** Empty: none. */
  readonly idempotencyKey: string;
  /** What else the answer depends on, as canonical text. */
  readonly scope: string;
}

export interface RecallRules {
  /** Requests with a higher temperature are not cached. */
  readonly maxTemperature: number;
  /** Life of an answer under an idempotency key, in milliseconds. */
  readonly replayTtlMs: number;
}

/** What the cache knows of a request. */
export type Recalled =
  | { readonly kind: "hit" | "replay"; readonly entry: Entry }
  /** Nothing was found, or nothing was looked for; a new answer may be kept at these places. */
  | { readonly kind: "miss" | "bypass"; readonly exact: Place | undefined; readonly replay: Place | undefined }
  /** The idempotency key belongs to another request. */
  | { readonly kind: "key_reused" };

/**
 * Finds the kept answer of a request. Rejects as the store does where it cannot be read; a hit is a hit although it cannot be
 * kept under the request's idempotency key, of which `onUnkept` is told.
 */
export async function recall(
  question: Question,
  store: CacheStore,
  rules: RecallRules,
  nowMs: number,
  onUnkept: (fault: unknown) => void,
): Promise<Recalled> {
  const admission = admit(question, rules.maxTemperature);
  const { exact, replay } = places(question, admission);
  const asked = [replay, admission.read ? exact : undefined].filter((place) => place !== undefined);
  const found =
    asked.length > 0
      ? await store.get(
          question.tenant,
          asked.map(({ name }) => name),
          nowMs,
        )
      : [];

  const replayed = replay && found[0];
  if (replayed) {
    return replayed.requestDigest === replay.requestDigest
      ? { kind: "replay", entry: replayed }
      : { kind: "key_reused" };
  }
  const hit = admission.read ? found.at(-1) : undefined;
  if (!hit) return { kind: admission.read ? "miss" : "bypass", exact, replay };
  // From now on the key answers for itself, though the answer it was given first may be replaced or forgotten.
  if (replay) {
    await store.put(question.tenant, [{ ...replay, ttlMs: rules.replayTtlMs }], hit, nowMs).catch(onUnkept);
  }
  return { kind: "hit", entry: hit };
}

function places(question: Question, admission: Admission): { exact: Place | undefined; replay: Place | undefined } {
  const wantsReplay = admission.replay && question.idempotencyKey !== "";
  if (!wantsReplay && !admission.write) return { exact: undefined, replay: undefined };
  const digest = requestDigest(question.chat, question.scope);
  return {
    exact: admission.write ? exactPlace(question, digest) : undefined,
    replay: wantsReplay ? replayPlace(question, question.idempotencyKey, digest) : undefined,
  };
}
