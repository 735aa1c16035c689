import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
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
  /** Of the place where its answer was put. */
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
   * `nowMs`. May miss one, as an approximate index does, and name one whose entry has just gone: `get` decides. One round trip
   * at most.
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

/** How long somebody waits. */
export interface Patience {
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal | undefined;
  /** In milliseconds since the epoch; undefined: as long as it takes. */
  readonly deadline: number | undefined;
}

/** Vectors of texts, in their order. */
export interface Embedded {
  /** Of length one; all zeros for a text that says nothing. */
  readonly vectors: readonly Float32Array[];
  /** The call of a provider's model that it took, to be booked. */
  readonly attempt: Attempt | undefined;
}

/** Turns texts into vectors. Rejects where it cannot, or not in time. */
export interface Embedder {
  /** Names what makes the vectors: those of different versions must not be compared. */
  readonly version: string;
  /** The vectors of one or more texts. */
  embed(texts: readonly string[], patience: Patience): Promise<Embedded>;
}

/** What is known of the semantic hits of one partition. */
export interface Evidence {
  /** Hits that were reported as wrong. */
  readonly bad: number;
  /** Hits since the first of those. */
  readonly hits: number;
}

/**
 * Remembers how the semantic hits of a partition did, for {@link evidenceLifeMs} after the last report. Faults of the store
 * reject with RpcError UNAVAILABLE, reason SERVICE_UNAVAILABLE.
 */
export interface Feedback {
  /** Both 0 where nothing was reported. One round trip at most. */
  of(tenant: string, partition: string, nowMs: number): Promise<Evidence>;
  /** Counts a hit, in a partition that has reports; elsewhere it does nothing. */
  countHit(tenant: string, partition: string, nowMs: number): Promise<void>;
  /** Counts a report, once for each `answer` that it names: repeating it does nothing. */
  report(tenant: string, partition: string, answer: string, nowMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How long a report counts. */
export const evidenceLifeMs = 30 * 86_400_000;

/** Who writes an answer that is on its way. */
export type Author = Omit<Answer, "response">;

/** What a leader tells those who follow. */
export interface News {
  /** What came since the last, in order. */
  readonly chunks: readonly ChatChunk[];
  /** Who answers, with the first chunks. */
  readonly author: Author | undefined;
  /** Set with the last: how it ended. */
  readonly end: FlightEnd | undefined;
}

/** How a flight ended. */
export interface FlightEnd {
  /** Undefined: with none that is for all. */
  readonly answer: Answer | undefined;
  /** Whether the answer is for those who follow already, and for nobody who comes after. */
  readonly passing: boolean;
}

/** One request on its way to a provider. */
export interface FlightPlace {
  readonly tenant: string;
  /** Of the place where its answer will be kept. */
  readonly name: string;
}

/** What became of a wish to fly. */
export interface Joined {
  /** Names this flight among all that ever had the same place. */
  readonly id: string;
  /** What only its leader knows; undefined for all others. */
  readonly lease: string | undefined;
}

/** How a leader stands. */
export interface Standing {
  /** Whether anybody follows. */
  readonly followed: boolean;
  /** Whether the lease is still its own. */
  readonly leads: boolean;
}

/**
 * Lets requests for the same answer, on all replicas, wait for the one that is on its way. Of those who join at one place
 * exactly one leads, until it ends the flight or is silent for longer than its lease; then the next who joins leads. Faults of
 * the store reject with RpcError UNAVAILABLE, reason SERVICE_UNAVAILABLE.
 */
export interface Flights {
  /**
   * Takes the lead where nobody has it. A flight that ended with an answer, not only a passing one, is found for some seconds more, or until
   * its answer stands in the cache. One round trip.
   */
  join(place: FlightPlace, leaseMs: number): Promise<Joined>;
  /** Renews the lease and hands on news, if there are any; with their `end` the flight is over. */
  publish(place: FlightPlace, lease: string, leaseMs: number, news: News | undefined): Promise<Standing>;
  /**
   * All news of a flight from its beginning, as they come; several may come as one. Ends after the `end`, or without one when
   * the leader has fallen silent, or was never there, or the signal aborts.
   */
  follow(place: FlightPlace, id: string, leaseMs: number, signal: AbortSignal): AsyncIterable<News>;
  /** The answer stands in the cache: the flight is not found any more, from its end on. Those who follow hear that end. */
  forget(place: FlightPlace): Promise<void>;
  close(): Promise<void>;
}
