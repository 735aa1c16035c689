import type { ChatChunk, ChatRequest, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";

/** Time, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since the epoch, for comparison with dates that others send. */
  epochMs(): number;
  /** Milliseconds since any fixed moment; never goes back. */
  monotonicMs(): number;
  /** Runs something once after a delay; the returned function prevents it. */
  after(delayMs: number, run: () => void): () => void;
}

/** How long each part of an attempt may take, in milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  /** To the first content of a stream. */
  readonly firstTokenMs: number;
  /** Between two chunks of a stream. */
  readonly stallMs: number;
  readonly totalMs: number;
}

/** A model at its provider, with what one attempt at it needs to know. */
export interface Target {
  /** Model id of the catalogue. */
  readonly model: string;
  /** The model as the provider names it. */
  readonly upstreamModel: string;
  /** Key of the provider in the configuration. */
  readonly provider: string;
  /** The provider as telemetry names it. */
  readonly providerName: string;
  /** Whether the model goes on with an assistant message that ends the conversation. */
  readonly canPrefill: boolean;
  /** Whether its prefix cache takes a key. */
  readonly takesPromptCacheKey: boolean;
  readonly timeouts: Timeouts;
  /** Host name of the provider. */
  readonly serverAddress: string;
  readonly serverPort: number;
}

/** The models that can be served, by id: each at all of its providers, the preferred one first. */
export type Targets = ReadonlyMap<string, readonly [Target, ...Target[]]>;

/** Told of every key that an attempt is about to ask with: its place among the configured keys of the provider, from 0. */
export type UsesKey = (keyIndex: number) => void;

/**
 * The providers, whatever their API. Every call is one attempt; failures are RpcErrors of the UPSTREAM group. When the
 * signal aborts, the request upstream is dropped at once, and the call fails or the stream ends, with no promise which.
 */
export interface Provider {
  complete(target: Target, chat: ChatRequest, signal: AbortSignal, usesKey: UsesKey): Promise<ChatResponse>;
  /** Chunks as the provider sends them. The end of the iteration does not mean that the answer is complete. */
  stream(target: Target, chat: ChatRequest, signal: AbortSignal, usesKey: UsesKey): AsyncIterable<ChatChunk>;
  embed(target: Target, embedding: EmbeddingRequest, signal: AbortSignal, usesKey: UsesKey): Promise<EmbeddingResponse>;
}

/** What an attempt is about to do. */
export type Operation =
  | { readonly kind: "chat"; readonly chat: ChatRequest; readonly stream: boolean }
  | { readonly kind: "embeddings"; readonly embedding: EmbeddingRequest };

/** Keeps the record of attempts: what was asked for, how long it took, what it used, how it ended. Never what was said. */
export interface AttemptRecorder {
  begin(target: Target, operation: Operation): AttemptRecording;
}

/** The record of one attempt. Whoever began it calls `end` once, on every path. */
export interface AttemptRecording {
  readonly usesKey: UsesKey;
  sawResponse(response: ChatResponse): void;
  sawChunk(chunk: ChatChunk): void;
  sawEmbeddings(response: EmbeddingResponse): void;
  /** The attempt failed; without this or `completed`, it counts as abandoned by its caller. */
  failed(error: unknown): void;
  completed(): void;
  end(): void;
}
