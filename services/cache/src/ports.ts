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
  /** What the request means: others that mean the same find the entry by it. Undefined: only its own request finds it. */
  readonly meaning?: Meaning | undefined;
  /** Marks by which it can be removed. */
  readonly tags?: readonly string[];
}

/** The variable part of a request, as the cache compares it. */
export interface Meaning {
  /** Hash over all that must be equal; vectors of different partitions never meet. */
  readonly partition: string;
  /** Of length one; all vectors of a partition have the same dimensions. */
  readonly vector: Float32Array;
  /** What the vector was made of. */
  readonly text: string;
}

/** A kept request near another in meaning. */
export interface Neighbour {
  /** Of the place where its answer is kept. */
  readonly name: string;
  /** -1 to 1; as exact as the store's vectors are. */
  readonly cosine: number;
  readonly text: string;
}

/** Which entries of a tenant to remove: those that fit everything that is set. */
export interface Removal {
  /** Carrying any of these. Empty: whatever they carry. */
  readonly tags: readonly string[];
  /** Whose answer this model of the catalogue gave. Empty: any. */
  readonly model: string;
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
  /**
   * The kept requests nearest to a vector in its partition, at most `count`, nearest first, none that has expired by
   * `nowMs`. May miss one, as an approximate index does. One round trip at most.
   */
  nearest(tenant: string, meaning: Omit<Meaning, "text">, count: number, nowMs: number): Promise<readonly Neighbour[]>;
  /** Removes one entry, its vector too; false if it was not there. */
  remove(tenant: string, name: string): Promise<boolean>;
  /** Removes all that fit, and returns how many those were. */
  removeAll(tenant: string, removal: Removal): Promise<number>;
  /** Whether the store can be reached. */
  isReady(): boolean;
  /** Writes what is pending and lets go. */
  close(): Promise<void>;
}
