import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { ChatChunk, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import type {
  Attempt,
  CacheVerdict,
  Continuation,
  RoutingReport,
  Task,
  Tier,
} from "@switchyard/contracts/vocabulary/routing";
import type { ModelDeployment } from "./domain/catalogue.ts";
import type { Judgement } from "./domain/decide.ts";
import type { BreakerNews } from "./domain/dispatch/breaker.ts";
import type { Outcome } from "./domain/dispatch/outcome.ts";
import type { OpinionVerdict } from "./domain/opinion/second-opinion.ts";
import type { KeptRequest } from "./domain/outcomes/kept-request.ts";
import type { Cell } from "./domain/outcomes/tables.ts";
import type { Refusal } from "./domain/refusal.ts";
import type { AskedChat, Patience, Prompt } from "./domain/request.ts";

/** A place for an answer, made by the cache; opaque here. */
export interface StoreTicket {
  readonly key: string;
  readonly requestDigest: Uint8Array;
  readonly ttlSeconds: number;
  readonly meaning: Meaning | undefined;
  readonly tags: string[];
}

/** What a request means, as the cache compares it; opaque here. */
export interface Meaning {
  readonly partition: string;
  readonly vector: Uint8Array;
  readonly text: string;
}

/** A complete answer with what is needed to report it again. */
export interface StoredAnswer {
  readonly response: ChatResponse | undefined;
  readonly model: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly baselineCostUsdNanos: bigint;
  readonly costUsdNanos: bigint;
}

/** A request on its way to a provider, for all who ask the same meanwhile. */
export interface Flight {
  /** Names it; opaque. */
  readonly key: string;
  /** What only its leader knows. Empty: another leads, and this request may follow. */
  readonly lease: string;
  /** How long a leader may be silent, in milliseconds. */
  readonly leaseMs: number;
}

/** What a leader tells those who follow. */
export interface FlightNews {
  /** What came since the last news, in order. */
  readonly chunks: readonly ChatChunk[];
  /** Who writes them, without the answer; undefined where nothing is new. */
  readonly author: StoredAnswer | undefined;
  /** Set once all is over. */
  readonly end: FlightEnd | undefined;
}

/** How a flight ended. */
export interface FlightEnd {
  /** Undefined: there is none that is one for all. */
  readonly answer: StoredAnswer | undefined;
  /** Whether it is for those who follow already only: it is not kept. */
  readonly passing: boolean;
}

/** Who listens to a leader. */
export interface Followed {
  /** Whether anybody follows. */
  readonly followed: boolean;
  /** Whether the lease is still the leader's. */
  readonly leads: boolean;
}

/** What the cache knows of a request. */
export interface Found {
  readonly verdict: CacheVerdict;
  /** On a hit. */
  readonly answer: StoredAnswer | undefined;
  readonly ageSeconds: bigint;
  readonly tickets: readonly StoreTicket[];
  /** Names the stored answer, for {@link Cache.reportBadHit}; empty where there is nothing to report. */
  readonly entryId: string;
  /** How near the stored request was, on a semantic hit. */
  readonly likeness: { readonly cosine: number; readonly probability: number } | undefined;
  /** The same request is on its way: this one leads, or may follow. */
  readonly flight: Flight | undefined;
  /** The call of an embedding model that the search took. */
  readonly embedding: Attempt | undefined;
}

/** Which stored answers of a tenant to remove: those that fit everything that is set. */
export interface Removal {
  /** Carrying any of these. Empty: whatever they carry. */
  readonly tags: readonly string[];
  /** Given by this model of the catalogue. Empty: any. */
  readonly model: string;
  readonly everything: boolean;
}

/** The cache, as the router needs it. */
export interface Cache {
  /**
   * Finds the answer of a prompt. A cache that is down is a miss with the verdict UNAVAILABLE, never a failure. Throws
   * Refusal IDEMPOTENCY_KEY_REUSED.
   */
  lookup(prompt: Prompt, mayFollow: boolean): Promise<Found>;
  /** Keeps a complete answer. Rejects if the cache cannot be reached. */
  store(tickets: readonly StoreTicket[], answer: StoredAnswer, ttlSeconds: number | undefined): Promise<void>;
  /** Tells those who follow a flight, and renews its lease. Rejects if the cache cannot be reached. */
  publish(flight: Flight, news: FlightNews): Promise<Followed>;
  /**
   * What the leader of a flight publishes, from the beginning, until it has ended or falls silent. Throws if the cache cannot
   * be reached or the follower waits no longer.
   */
  follow(flight: Flight, patience: Patience): AsyncIterable<FlightNews>;
  /** Removes a stored answer that was wrong; false if it was gone. Throws Refusal: INVALID_REQUEST, SERVICE_UNAVAILABLE. */
  reportBadHit(caller: Caller, entryId: string, patience: Patience): Promise<boolean>;
  /** Removes stored answers and returns how many. Throws Refusal as reportBadHit. */
  invalidate(caller: Caller, removal: Removal, patience: Patience): Promise<bigint>;
}

/** The classifier, as the router needs it. */
export interface Classifier {
  /** Judges a prompt. A classifier that is down is replaced by rules of thumb, never a failure. */
  classify(prompt: Prompt, signal: AbortSignal): Promise<Judgement>;
}

/** An upper bound on what a request uses. */
export interface Amount {
  readonly tokens: bigint;
  readonly costUsdNanos: bigint;
}

/** The most that a request can use, in all and of each tier of models it may ask, that of the first choice first. */
export interface Bound {
  readonly all: Amount;
  readonly tiers: readonly { readonly tier: Tier; readonly amount: Amount }[];
}

/** What is to be set aside. */
export interface ReserveOrder {
  readonly requestId: string;
  readonly caller: Caller;
  readonly bound: Bound;
  /** Whether the platform chose the models, so that it may be told to choose cheaper ones. */
  readonly isRouted: boolean;
}

/** What became of an order that no limit refused. */
export type Reserved =
  /** Set aside; the warnings say which budgets are fuller than they should get. */
  | { readonly kind: "granted"; readonly warnings: readonly string[] }
  /** Nothing is set aside: only these tiers are left, for this reason; with a refusal, no other may be asked at all. */
  | {
      readonly kind: "narrowed";
      readonly tiers: readonly Tier[];
      readonly because: string;
      readonly refusal: Refusal | undefined;
    };

/** What a request used, for the ledger. */
export interface Settlement {
  readonly requestId: string;
  readonly caller: Caller;
  readonly attempts: readonly Attempt[];
  readonly cacheVerdict: CacheVerdict;
  /** Catalogue id of the model that answered; empty if none did. */
  readonly model: string;
  readonly baselineCostUsdNanos: bigint;
  readonly task: Task;
  /** `ok`, or the reason of the error that the caller got. */
  readonly outcome: string;
  /** Names what stood first in the prompt; empty where no model was asked. */
  readonly promptPrefix: string;
}

/** The budget, as the router needs it. */
export interface Budget {
  /** Sets an amount aside, once for a request id. Throws Refusal: BUDGET_EXHAUSTED, BUDGET_UNAVAILABLE. */
  reserve(order: ReserveOrder, patience: Patience): Promise<Reserved>;
  /** Books what was used. Rejects if the budget service cannot be reached; repeating is safe. */
  settle(settlement: Settlement): Promise<void>;
  /** Frees a reservation nothing was spent of. Rejects if the budget service cannot be reached; repeating is safe. */
  release(requestId: string, caller: Caller): Promise<void>;
}

/** One attempt at one model. Every method throws AttemptFailure, and nothing else, when the provider fails. */
export interface Provider {
  complete(at: ModelDeployment, chat: AskedChat, patience: Patience): Promise<ChatResponse>;
  stream(at: ModelDeployment, chat: AskedChat, patience: Patience): AsyncIterable<ChatChunk>;
  embed(at: ModelDeployment, embedding: EmbeddingRequest, patience: Patience): Promise<EmbeddingResponse>;
}

/** A judgement of an answer, as it counts. */
export interface JudgedOutcome {
  /** Empty: of no request that is known; then it is never taken for a repetition. */
  readonly requestId: string;
  readonly tenant: string;
  readonly source: string;
  readonly model: string;
  readonly task: Task;
  /** What was expected, 0 to 1. */
  readonly prior: number;
  /** What it was, 0 to 1. */
  readonly score: number;
  /** What it counts for, 0 to 1. */
  readonly weight: number;
}

/** What was learned at one moment. */
export interface PolicySnapshot {
  /** From 1, ascending. */
  readonly number: number;
  readonly madeAtMs: number;
  readonly cause: string;
  /** By weight. */
  readonly outcomeCount: number;
  readonly cells: readonly Cell[];
}

/**
 * Where outcomes and the versions of the policy are kept, for all routers together. Every method but close rejects with
 * Refusal SERVICE_UNAVAILABLE where the store cannot be reached.
 */
export interface OutcomeStore {
  /** Keeps requests for as long as they may be judged, bounded in time and number. */
  keep(requests: readonly KeptRequest[]): Promise<void>;
  /** A tenant's request, while it is kept. */
  find(tenant: string, requestId: string): Promise<KeptRequest | undefined>;
  /** The last requests of all tenants, newest first. */
  recent(limit: number): Promise<KeptRequest[]>;
  /** Counts an outcome into its cell, atomically; false where the source has judged the request before. */
  record(outcome: JudgedOutcome): Promise<boolean>;
  /** All cells as they stand, and the outcomes in them by weight. */
  tables(): Promise<{ readonly cells: readonly Cell[]; readonly outcomeCount: number }>;
  /** Puts cells in the place of all that stand. */
  replaceTables(cells: readonly Cell[], outcomeCount: number): Promise<void>;
  /** Keeps a version, unless one of its number is kept already; the oldest go, but never the pinned one. */
  publish(snapshot: PolicySnapshot): Promise<void>;
  /** The versions that are kept, newest first. */
  versions(): Promise<readonly PolicySnapshot[]>;
  version(number: number): Promise<PolicySnapshot | undefined>;
  /** Number of the version that is pinned; undefined: none. */
  pinned(): Promise<number | undefined>;
  pin(number: number | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Whether answers have the shape that was asked for. */
export interface AnswerValidator {
  /** What is wrong with a text as JSON of a schema (both JSON texts); undefined: nothing, or the schema itself says nothing. */
  mismatch(schemaJson: string, text: string): string | undefined;
  /** Whether a pattern in RE2's syntax matches somewhere in a text; true where it is no pattern. Linear in the text's length. */
  matches(pattern: string, text: string): boolean;
}

/** Those who watch: metrics, events. No method throws. Models by their ids of the catalogue. */
export interface Observer {
  /** A request is over; `outcome` is undefined where the cache answered. Never throws. */
  report(prompt: Prompt, story: RoutingReport, outcome: Outcome | undefined): void;
  /** A request goes to another model than the first of its chain; the cause is the reason of a failure, or BREAKER_OPEN. */
  fellBack(from: string, to: string, cause: string): void;
  /** A second model is asked beside a slow one. */
  hedged(slow: string, beside: string): void;
  /** Another model goes on with a broken stream. */
  continued(continuation: Continuation): void;
  breakerChanged(deployment: ModelDeployment, news: BreakerNews): void;
  /** A model was to say what a prompt is. */
  opined(model: string, verdict: OpinionVerdict): void;
}

/** Time, as an argument. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Microseconds of a clock that only moves forward. */
  monotonicUs(): number;
  /** Runs something once after so many milliseconds; the returned function prevents it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Resolves after so many milliseconds, or rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
