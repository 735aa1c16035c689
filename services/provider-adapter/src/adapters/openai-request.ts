import type { ChatRequest, Message, ResponseFormat, Role } from "@switchyard/contracts/vocabulary/chat";
import { invalidRequest } from "@switchyard/rpc";
import { furtherFields, isObject, type JsonObject, parseObject } from "./json-fields.ts";
import { toContent } from "./openai-content.ts";
import { toTool, toToolCall, toToolChoice } from "./openai-tools.ts";

/** Field that carries the bound on output tokens. */
export type MaxTokensField = "max_tokens" | "max_completion_tokens";

export interface RequestOptions {
  /** The model as the provider names it. */
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokensField: MaxTokensField;
  /** What marks a last assistant message as one to go on with; undefined where the model cannot. */
  readonly prefill: Prefill | undefined;
}

/** Fields that some providers want when they are to go on with the last message: in that message, and in the request. */
export interface Prefill {
  readonly message: JsonObject;
  readonly request: JsonObject;
}

/** Further fields that would undo what was checked, reserved and decided, under whichever name the provider knows them. */
const ownFields = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "n",
  "max_tokens",
  "max_completion_tokens",
]);

/** A chat request as OpenAI writes it. A stream always asks for its usage. Throws INVALID_REQUEST for JSON text that is none. */
export function toChatBody(chat: ChatRequest, { model, stream, maxTokensField, prefill }: RequestOptions): JsonObject {
  const extra = parseObject(chat.extraJson, "chat.extra_json");
  const { stream_options: streamOptions } = extra;
  const messages = chat.messages.map(toMessage);
  const last = messages.at(-1);
  const isToGoOn = last?.role === "assistant" && prefill !== undefined;
  if (isToGoOn) Object.assign(last, prefill.message);
  return {
    ...furtherFields(extra, ownFields),
    model,
    messages,
    ...(chat.tools.length > 0 && { tools: chat.tools.map(toTool) }),
    ...(chat.toolChoice && { tool_choice: toToolChoice(chat.toolChoice) }),
    ...(chat.responseFormat && { response_format: toResponseFormat(chat.responseFormat) }),
    ...samplingOf(chat, maxTokensField),
    ...(stream && {
      stream: true,
      stream_options: { ...(isObject(streamOptions) && streamOptions), include_usage: true },
    }),
    ...(isToGoOn && prefill.request),
  };
}

/** A value that JSON.stringify writes as the given text: a 64-bit seed is more than a number of JavaScript can hold. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** JSON leaves out what is undefined, so absent fields stay absent. */
function samplingOf(chat: ChatRequest, maxTokensField: MaxTokensField): JsonObject {
  return {
    parallel_tool_calls: chat.parallelToolCalls,
    temperature: chat.temperature,
    top_p: chat.topP,
    [maxTokensField]: chat.maxTokens,
    seed: chat.seed === undefined ? undefined : rawJSON(chat.seed.toString()),
    n: chat.n,
    presence_penalty: chat.presencePenalty,
    frequency_penalty: chat.frequencyPenalty,
    logprobs: chat.logprobs,
    top_logprobs: chat.topLogprobs,
    reasoning_effort: chat.reasoningEffort || undefined,
    stop: chat.stop.length > 0 ? chat.stop : undefined,
    logit_bias: Object.keys(chat.logitBias).length > 0 ? chat.logitBias : undefined,
  };
}

const roles: Partial<Record<Role, string>> = {
  ROLE_SYSTEM: "system",
  ROLE_DEVELOPER: "developer",
  ROLE_USER: "user",
  ROLE_ASSISTANT: "assistant",
  ROLE_TOOL: "tool",
};

function toMessage(message: Message, index: number): JsonObject {
  const field = `chat.messages[${index}]`;
  const role = roles[message.role];
  if (role === undefined) throw invalidRequest({ field: `${field}.role`, description: "must be set" });
  const { content, name, toolCalls, toolCallId, refusal } = message;
  const isSilent = content.length === 0 && (toolCalls.length > 0 || refusal !== undefined);
  return {
    ...parseObject(message.extraJson, `${field}.extra_json`),
    role,
    content: isSilent ? null : toContent(content, `${field}.content`),
    ...(name && { name }),
    ...(toolCalls.length > 0 && {
      tool_calls: toolCalls.map((call, at) => toToolCall(call, `${field}.tool_calls[${at}]`)),
    }),
    ...(toolCallId && { tool_call_id: toolCallId }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function toResponseFormat({ format }: ResponseFormat): JsonObject | undefined {
  switch (format?.$case) {
    case "text":
      return { type: "text" };
    case "jsonObject":
      return { type: "json_object" };
    case "jsonSchema": {
      const { name, description, schemaJson, strict } = format.value;
      return {
        type: "json_schema",
        json_schema: {
          name,
          ...(description && { description }),
          ...(schemaJson && { schema: parseObject(schemaJson, "chat.response_format.json_schema.schema_json") }),
          ...(strict === undefined ? {} : { strict }),
        },
      };
    }
    case undefined:
      return undefined;
  }
}
