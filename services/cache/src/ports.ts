import type { Answer } from "./domain/answer.ts";
import type { Place } from "./domain/place.ts";

/** A kept answer. */
export interface Entry {
  readonly answer: Answer;
  /** When it was made, in milliseconds since the epoch. */
  readonly storedAtMs: number;
  /** Of the place it was put at; empty if that had none. */
  readonly requestDigest: string;
}

/** A place with the life of what is put there, in milliseconds, at least 1. */
export interface PlaceToFill extends Place {
  readonly ttlMs: number;
}

/**
 * Keeps answers for a time, each tenant's apart from every other's. It may forget: a miss is always a right answer. Faults
 * of the store reject with RpcError UNAVAILABLE, reason SERVICE_UNAVAILABLE; an entry that cannot be read is none, it is
 * a miss and is removed.
 */
export interface CacheStore {
  /** What is kept under `names`, in their order, at the time `nowMs`; undefined where nothing is. One round trip at most. */
  get(tenant: string, names: readonly string[], nowMs: number): Promise<readonly (Entry | undefined)[]>;
  /** Keeps one answer at several places, over what was there. False, and nothing is kept, if it is larger than allowed. */
  put(
    tenant: string,
    places: readonly PlaceToFill[],
    entry: Pick<Entry, "answer" | "storedAtMs">,
    nowMs: number,
  ): Promise<boolean>;
  /** Whether the store can be reached. */
  isReady(): boolean;
  /** Writes what is pending and lets go. */
  close(): Promise<void>;
}
