import type { ChatChunk, ChatRequest, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { EmbeddingRequest, EmbeddingResponse } from "@switchyard/contracts/vocabulary/embedding";
import { cancelled, RpcError } from "@switchyard/rpc/error";
import type { AttemptRecorder, AttemptRecording, Clock, Operation, Provider, Target, Targets } from "../ports.ts";
import { createChunkSequence, hasContent } from "./chunk-sequence.ts";
import { type TimeoutName, upstreamError } from "./upstream-error.ts";
import { type Watchdog, watchAttempt } from "./watchdog.ts";

/** What attempts are made with. */
export interface AttemptParts {
  readonly targets: Targets;
  readonly provider: Provider;
  readonly recorder: AttemptRecorder;
  readonly clock: Clock;
}

/** One attempt at a whole answer. Throws an RpcError of the UPSTREAM group, or what the signal was aborted with. */
export function completeOnce(
  parts: AttemptParts,
  target: Target,
  chat: ChatRequest,
  cancel: AbortSignal,
): Promise<ChatResponse> {
  return once(parts, target, { kind: "chat", chat, stream: false }, cancel, async (signal, recording) => {
    const response = await parts.provider.complete(target, chat, signal, recording.usesKey);
    recording.sawResponse(response);
    return response;
  });
}

/** One attempt at vectors. Throws as {@link completeOnce}. */
export function embedOnce(
  parts: AttemptParts,
  target: Target,
  embedding: EmbeddingRequest,
  cancel: AbortSignal,
): Promise<EmbeddingResponse> {
  return once(parts, target, { kind: "embeddings", embedding }, cancel, async (signal, recording) => {
    const response = await parts.provider.embed(target, embedding, signal, recording.usesKey);
    recording.sawEmbeddings(response);
    return response;
  });
}

/**
 * One attempt at a streamed answer. Ends cleanly only after every choice has ended; usage comes last, also before an error
 * where the provider had reported it by then. Throws as {@link completeOnce}.
 */
export async function* streamOnce(
  parts: AttemptParts,
  target: Target,
  chat: ChatRequest,
  cancel: AbortSignal,
): AsyncGenerator<ChatChunk, void, undefined> {
  const recording = parts.recorder.begin(target, { kind: "chat", chat, stream: true });
  using watchdog = watchAttempt(parts.clock, target.timeouts, cancel, true);
  const sequence = createChunkSequence();
  let hasBegun = false;
  try {
    for await (const received of parts.provider.stream(target, chat, watchdog.signal, recording.usesKey)) {
      hasBegun ||= hasContent(received);
      watchdog.heard(hasBegun);
      recording.sawChunk(received);
      const chunk = sequence.accept(received);
      if (chunk !== undefined) yield chunk;
      watchdog.waiting();
    }
    // An aborted stream may end as if it had been whole; it was, if only the end of the connection was missing.
    const wanted = watchdog.signal.aborted ? (chat.n ?? 1) : 1;
    if (sequence.completeChoiceCount() < wanted) throw truncated(target);
    recording.completed();
    const last = sequence.usageChunk();
    if (last !== undefined) yield last;
  } catch (error) {
    const failure = failureOf(error, watchdog, cancel, target);
    recording.failed(failure);
    const last = cancel.aborted ? undefined : sequence.usageChunk();
    if (last !== undefined) yield last;
    throw failure;
  } finally {
    recording.end();
  }
}

async function once<T>(
  { recorder, clock }: AttemptParts,
  target: Target,
  operation: Operation,
  cancel: AbortSignal,
  attempt: (signal: AbortSignal, recording: AttemptRecording) => Promise<T>,
): Promise<T> {
  const recording = recorder.begin(target, operation);
  using watchdog = watchAttempt(clock, target.timeouts, cancel, false);
  try {
    const answer = await attempt(watchdog.signal, recording);
    recording.completed();
    return answer;
  } catch (error) {
    const failure = failureOf(error, watchdog, cancel, target);
    recording.failed(failure);
    throw failure;
  } finally {
    recording.end();
  }
}

function truncated({ provider }: Target): RpcError {
  return upstreamError("UPSTREAM_BROKEN_ANSWER", {
    provider,
    message: `provider "${provider}" ended its stream before the answer was complete`,
  });
}

/** Why an attempt really failed: an aborted request fails in many ways, but only for who aborted it. */
function failureOf(error: unknown, watchdog: Watchdog, cancel: AbortSignal, target: Target): unknown {
  if (watchdog.expired !== undefined) return timedOut(watchdog.expired, target);
  if (cancel.aborted) return cancel.reason instanceof RpcError ? cancel.reason : cancelled();
  return error;
}

const missed: Readonly<Record<TimeoutName, (target: Target) => string>> = {
  connect: ({ timeouts }) => `took no connection within ${timeouts.connectMs} ms`,
  first_token: ({ timeouts }) => `sent nothing of its answer within ${timeouts.firstTokenMs} ms`,
  stall: ({ timeouts }) => `stalled for ${timeouts.stallMs} ms in the middle of its answer`,
  total: ({ timeouts }) => `did not finish its answer within ${timeouts.totalMs} ms`,
};

function timedOut(timeout: TimeoutName, target: Target): RpcError {
  const { provider } = target;
  return upstreamError("UPSTREAM_TIMEOUT", {
    provider,
    timeout,
    message: `provider "${provider}" ${missed[timeout](target)}`,
  });
}
