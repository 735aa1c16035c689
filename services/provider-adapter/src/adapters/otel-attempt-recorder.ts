import type { ChatChunk, ChatRequest, ChatResponse, Usage } from "@switchyard/contracts/vocabulary/chat";
import {
  type Attributes,
  attribute,
  failSpan,
  type Instruments,
  type Span,
  SpanKind,
  startSpan,
} from "@switchyard/telemetry";
import type { AttemptRecorder, AttemptRecording, Clock, Operation, Target } from "../ports.ts";

/** What became known of an answer. */
interface Seen {
  id: string;
  model: string;
  usage: Usage | undefined;
  readonly finishReasons: string[];
  firstChunkMs: number | undefined;
}

/** Records attempts as one client span each, and in the GenAI metrics. Of what was said it records nothing. */
export function createOtelAttemptRecorder(instruments: Instruments, clock: Clock): AttemptRecorder {
  return {
    begin(target, operation) {
      const common = commonAttributes(target, operation);
      const span = startSpan(`${operation.kind} ${target.upstreamModel}`, {
        kind: SpanKind.CLIENT,
        attributes: { ...common, ...requestAttributes(target, operation) },
      });
      return record(instruments, clock, span, common);
    },
  };
}

function record(instruments: Instruments, clock: Clock, span: Span, common: Attributes): AttemptRecording {
  const beganMs = clock.monotonicMs();
  const seen: Seen = { id: "", model: "", usage: undefined, finishReasons: [], firstChunkMs: undefined };
  let isCompleted = false;
  let failure: unknown;
  return {
    usesKey: (keyIndex) => void span.setAttribute(attribute.keyIndex, keyIndex),
    sawResponse: (response) => seeResponse(seen, response),
    sawChunk(chunk) {
      seen.firstChunkMs ??= clock.monotonicMs() - beganMs;
      seeChunk(seen, chunk);
    },
    sawEmbeddings({ model, inputTokens }) {
      seen.model = model;
      seen.usage = { inputTokens, cachedInputTokens: 0n, outputTokens: 0n, reasoningTokens: 0n, extraJson: "" };
    },
    failed(error) {
      failure = error;
    },
    completed() {
      isCompleted = true;
    },
    end() {
      const errorType = isCompleted ? undefined : errorTypeOf(failure);
      span.setAttributes(responseAttributes(seen));
      // A caller that went away is no fault of the provider.
      if (errorType === "CANCELLED") span.setAttribute(attribute.errorType, errorType);
      else if (errorType !== undefined) failSpan(span, failure);
      span.end();
      measure(instruments, seen, (clock.monotonicMs() - beganMs) / 1000, {
        ...common,
        ...(seen.model && { [attribute.genAiResponseModel]: seen.model }),
        ...(errorType && { [attribute.errorType]: errorType }),
      });
    },
  };
}

/** An attempt that neither completed nor failed was left by its caller. */
function errorTypeOf(failure: unknown): string {
  if (failure === undefined) return "CANCELLED";
  return (failure as { reason?: string }).reason ?? "INTERNAL";
}

function seeResponse(seen: Seen, { id, model, usage, choices }: ChatResponse): void {
  seen.id = id;
  seen.model = model;
  seen.usage = usage;
  for (const { index, finishReason } of choices) seen.finishReasons[index] = finishReason;
}

function seeChunk(seen: Seen, { id, model, usage, choices }: ChatChunk): void {
  if (id !== "") seen.id = id;
  if (model !== "") seen.model = model;
  if (usage !== undefined) seen.usage = usage;
  for (const { index, finishReason } of choices) if (finishReason !== "") seen.finishReasons[index] = finishReason;
}

function measure(instruments: Instruments, { usage, firstChunkMs }: Seen, seconds: number, attributes: Attributes) {
  instruments.operationDuration.record(seconds, attributes);
  if (firstChunkMs !== undefined) instruments.timeToFirstChunk.record(firstChunkMs / 1000, attributes);
  if (usage === undefined) return;
  const record = (tokens: bigint, type: string) =>
    instruments.tokenUsage.record(Number(tokens), { ...attributes, [attribute.genAiTokenType]: type });
  record(usage.inputTokens, "input");
  if (attributes[attribute.genAiOperationName] === "chat") record(usage.outputTokens, "output");
}

/** What spans and metrics share. */
function commonAttributes(
  { providerName, upstreamModel, serverAddress, serverPort }: Target,
  { kind }: Operation,
): Attributes {
  return {
    [attribute.genAiOperationName]: kind,
    [attribute.genAiProviderName]: providerName,
    [attribute.genAiRequestModel]: upstreamModel,
    [attribute.serverAddress]: serverAddress,
    [attribute.serverPort]: serverPort,
  };
}

function requestAttributes(target: Target, operation: Operation): Attributes {
  const model = { [attribute.model]: target.model };
  return operation.kind === "chat" ? { ...model, ...chatAttributes(operation.chat, operation.stream) } : model;
}

/** Spans leave out attributes that are undefined. */
function chatAttributes(chat: ChatRequest, stream: boolean): Attributes {
  const format = chat.responseFormat?.format?.$case;
  return {
    [attribute.genAiRequestStream]: stream,
    [attribute.genAiRequestMaxTokens]: chat.maxTokens,
    [attribute.genAiRequestTemperature]: chat.temperature,
    [attribute.genAiRequestTopP]: chat.topP,
    [attribute.genAiRequestSeed]: chat.seed === undefined ? undefined : Number(chat.seed),
    [attribute.genAiRequestChoiceCount]: chat.n,
    [attribute.genAiOutputType]: format === "jsonObject" || format === "jsonSchema" ? "json" : "text",
  };
}

function responseAttributes({ id, model, usage, finishReasons, firstChunkMs }: Seen): Attributes {
  return {
    ...(id && { [attribute.genAiResponseId]: id }),
    ...(model && { [attribute.genAiResponseModel]: model }),
    ...(finishReasons.length > 0 && {
      [attribute.genAiResponseFinishReasons]: Array.from(finishReasons, (r) => r ?? ""),
    }),
    ...(firstChunkMs !== undefined && { [attribute.genAiResponseTimeToFirstChunk]: firstChunkMs / 1000 }),
    ...(usage && {
      [attribute.genAiUsageInputTokens]: Number(usage.inputTokens),
      [attribute.genAiUsageOutputTokens]: Number(usage.outputTokens),
      [attribute.genAiUsageCachedInputTokens]: Number(usage.cachedInputTokens),
      [attribute.genAiUsageReasoningTokens]: Number(usage.reasoningTokens),
    }),
  };
}
