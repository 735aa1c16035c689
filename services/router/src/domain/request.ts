import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingHints } from "@switchyard/contracts/vocabulary/routing";

/** Who calls, as the transport tells it. */
export interface Credentials {
  /** The `authorization` metadata, `Bearer KEY`. */
  readonly authorization: string | undefined;
  /** Whether the caller is on this machine. */
  readonly isLocal: boolean;
}

/** A chat request on its way to a provider. */
export interface AskedChat extends ChatRequest {
  /** What the provider tells prompts apart by in its prefix cache, where it takes that. Absent: nothing is said. */
  readonly promptCacheKey?: string;
}

/** When and how a caller waits. */
export interface Patience {
  /** Aborts when the caller goes away or its time is over. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** Whether the caller's time is over, rather than the caller gone: the timer may fire a moment before the clock agrees. */
export function isLate({ signal, deadline }: Patience, nowMs: number): boolean {
  return nowMs >= deadline || (signal.reason as { reason?: string } | undefined)?.reason === "DEADLINE_EXCEEDED";
}

/** A chat request as it arrived. */
export interface Incoming extends Patience {
  readonly chat: ChatRequest;
  readonly caller: Caller | undefined;
  readonly hints: RoutingHints | undefined;
  /** Empty: none. */
  readonly idempotencyKey: string;
  readonly credentials: Credentials;
  readonly isStreamed: boolean;
}

/** A request that was admitted and looked at once, so that no later step looks again. */
export interface Prompt extends Patience {
  /** The platform's id of the request. */
  readonly requestId: string;
  /** W3C trace id; empty where nothing is traced. */
  readonly traceId: string;
  /** When it arrived, in microseconds of the monotonic clock. */
  readonly arrivedUs: number;
  readonly caller: Caller;
  readonly chat: AskedChat;
  readonly hints: RoutingHints;
  readonly idempotencyKey: string;
  readonly isStreamed: boolean;
  /** Estimated input tokens; rather too many than too few. */
  readonly inputTokens: number;
  /** What a model must be able to do. */
  readonly needs: readonly string[];
  /** The operator's instructions, joined. */
  readonly systemText: string;
  /** The last user turn. */
  readonly userText: string;
  /** What the stored answer depends on beyond the chat request, as canonical text. */
  readonly cacheScope: string;
}
