import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { ChatRequest, ContentPart, Message } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingHints } from "@switchyard/contracts/vocabulary/routing";
import type { Incoming, Prompt } from "./request.ts";

/** What shaping takes from outside. */
export interface ShapeContext {
  readonly estimateTokens: (text: string) => number;
  readonly requestId: string;
  readonly traceId: string;
  readonly arrivedUs: number;
}

/** Tokens that a message costs beyond its text: role and delimiters (OpenAI's published count for its chat format). */
const messageOverheadTokens = 4;
/** Tokens of an image at high detail, 1024 x 1024: OpenAI's published tile formula, 85 + 4 x 170. */
const imageTokens = 765;
/** Base64 characters of sound per token: 16 kB/s of mp3 against 10 tokens a second, OpenAI's figure for audio input. */
const audioCharactersPerToken = 2_100;

/** What a request without hints asks for. */
export const noHints: RoutingHints = {
  task: "TASK_UNSPECIFIED",
  minTier: "TIER_UNSPECIFIED",
  maxTier: "TIER_UNSPECIFIED",
  qualityTarget: undefined,
  maxCostUsdNanos: undefined,
  latencyBoundMs: undefined,
  cachePolicy: "CACHE_POLICY_UNSPECIFIED",
  cacheTtlSeconds: undefined,
  sensitivity: "SENSITIVITY_UNSPECIFIED",
  cacheTags: [],
  cascade: undefined,
  answerPattern: "",
};

/** Looks at a request once and keeps what the later steps need. */
export function shape(incoming: Incoming, caller: Caller, context: ShapeContext): Prompt {
  const { chat } = incoming;
  const hints = incoming.hints ?? noHints;
  return {
    requestId: context.requestId,
    traceId: context.traceId,
    arrivedUs: context.arrivedUs,
    caller,
    chat,
    hints,
    idempotencyKey: incoming.idempotencyKey,
    isStreamed: incoming.isStreamed,
    signal: incoming.signal,
    deadline: incoming.deadline,
    inputTokens: countInput(chat, context.estimateTokens),
    needs: needsOf(chat),
    systemText: chat.messages.filter(isInstruction).map(textOf).join("\n"),
    userText: textOf(chat.messages.findLast((message) => message.role === "ROLE_USER")),
    cacheScope:
      chat.model === "auto" ? `${hints.minTier}|${hints.maxTier}|${hints.qualityTarget ?? ""}|${hints.task}` : "",
  };
}

const isInstruction = (message: Message) => message.role === "ROLE_SYSTEM" || message.role === "ROLE_DEVELOPER";

/** The text of a message, its parts joined. */
export function textOf(message: Message | undefined): string {
  const parts = message?.content ?? [];
  if (parts.length === 1 && parts[0]?.part?.$case === "text") return parts[0].part.value;
  return parts.map(({ part }) => (part?.$case === "text" ? part.value : "")).join("");
}

/** Input tokens of a request as the platform counts them. */
export function countInput(chat: ChatRequest, estimateTokens: (text: string) => number): number {
  // Fields that only the provider knows may become input as well.
  let tokens = 3 + estimateTokens(chat.extraJson);
  for (const message of chat.messages) {
    tokens += messageOverheadTokens + estimateTokens(message.name) + estimateTokens(message.extraJson);
    for (const part of message.content) tokens += countPart(part, estimateTokens);
    for (const call of message.toolCalls) tokens += estimateTokens(call.name) + estimateTokens(call.arguments) + 4;
  }
  for (const tool of chat.tools) {
    tokens += estimateTokens(tool.name) + estimateTokens(tool.description) + estimateTokens(tool.parametersJson) + 8;
  }
  if (chat.responseFormat?.format?.$case === "jsonSchema") {
    tokens += estimateTokens(chat.responseFormat.format.value.schemaJson);
  }
  return tokens;
}

function countPart({ part }: ContentPart, estimateTokens: (text: string) => number): number {
  switch (part?.$case) {
    case "text":
      return estimateTokens(part.value);
    case "image":
      return part.value.detail === "low" ? 85 : imageTokens;
    case "audio":
      return Math.ceil(part.value.data.length / audioCharactersPerToken);
    case "otherJson":
      return estimateTokens(part.value);
    default:
      return 0;
  }
}

function needsOf(chat: ChatRequest): string[] {
  const needs: string[] = [];
  if (chat.tools.length > 0) needs.push("tools");
  if (chat.responseFormat?.format?.$case === "jsonSchema") needs.push("json_schema");
  const parts = chat.messages.flatMap(({ content }) => content);
  if (parts.some(({ part }) => part?.$case === "image")) needs.push("vision");
  if (parts.some(({ part }) => part?.$case === "audio")) needs.push("audio");
  return needs;
}
