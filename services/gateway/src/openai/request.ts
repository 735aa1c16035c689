import type { ChatRequest } from "@switchyard/contracts/vocabulary/chat";
import {
  arrayField,
  booleanField,
  int32Field,
  int64Field,
  kindOf,
  numberField,
  objectField,
  refuse,
  stringAt,
  stringField,
} from "./fields.ts";
import { type JsonObject, unknownFields } from "./json.ts";
import { extraOf, messageFrom } from "./message.ts";
import { responseFormatFrom } from "./response-format.ts";
import { toolChoiceFrom, toolFrom } from "./tools.ts";

/** What a body of `POST /v1/chat/completions` asks for. */
export interface AskedChat {
  readonly chat: ChatRequest;
  readonly isStreamed: boolean;
  /** Whether a stream ends with a chunk that tells the usage. */
  readonly includesUsage: boolean;
  /** OpenAI's `user`. Empty: none. */
  readonly user: string;
  /** The name under which the bound on output tokens was given. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
}

/** Top-level fields that have a place of their own in the contracts; everything else goes to `extra_json`. */
const knownFields = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "temperature",
  "top_p",
  "max_tokens",
  "max_completion_tokens",
  "stop",
  "seed",
  "n",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "reasoning_effort",
  "stream",
  "stream_options",
  "user",
  "switchyard",
]);

const knownStreamOptions = new Set(["include_usage"]);

/** Translates a chat request. Throws INVALID_ARGUMENT naming the first field of a wrong JSON type. */
export function chatFrom(body: JsonObject): AskedChat {
  const maxCompletionTokens = int32Field(body, "max_completion_tokens", "");
  const maxTokens = int32Field(body, "max_tokens", "");
  const isStreamed = booleanField(body, "stream", "") ?? false;
  const streamOptions = objectField(body, "stream_options", "") ?? {};
  const chat: ChatRequest = {
    model: stringField(body, "model", "") ?? "",
    messages: (arrayField(body, "messages", "") ?? []).map((value, index) => messageFrom(value, `messages[${index}]`)),
    tools: (arrayField(body, "tools", "") ?? []).map((value, index) => toolFrom(value, `tools[${index}]`)),
    toolChoice: toolChoiceFrom(body.tool_choice, "tool_choice"),
    parallelToolCalls: booleanField(body, "parallel_tool_calls", ""),
    responseFormat: responseFormatFrom(body),
    temperature: numberField(body, "temperature", ""),
    topP: numberField(body, "top_p", ""),
    maxTokens: maxCompletionTokens ?? maxTokens,
    stop: stopFrom(body.stop),
    seed: int64Field(body, "seed", ""),
    n: int32Field(body, "n", ""),
    presencePenalty: numberField(body, "presence_penalty", ""),
    frequencyPenalty: numberField(body, "frequency_penalty", ""),
    logitBias: logitBiasFrom(body),
    logprobs: booleanField(body, "logprobs", ""),
    topLogprobs: int32Field(body, "top_logprobs", ""),
    reasoningEffort: stringField(body, "reasoning_effort", "") ?? "",
    extraJson: extraOf(
      body,
      knownFields,
      { stream_options: isStreamed ? unknownFields(streamOptions, knownStreamOptions) : undefined },
      "body",
    ),
  };
  return {
    chat,
    isStreamed,
    includesUsage: booleanField(streamOptions, "include_usage", "stream_options") ?? false,
    user: stringField(body, "user", "") ?? "",
    maxTokensField: maxCompletionTokens === undefined ? "max_tokens" : "max_completion_tokens",
  };
}

function stopFrom(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.map((entry, index) => stringAt(entry, `stop[${index}]`));
  return refuse("stop", `must be a string or an array of strings, not ${kindOf(value)}`);
}

function logitBiasFrom(body: JsonObject): Record<string, number> {
  const bias = objectField(body, "logit_bias", "");
  if (bias === undefined) return {};
  for (const [token, value] of Object.entries(bias)) {
    if (typeof value !== "number") refuse(`logit_bias[${token}]`, `must be a number, not ${kindOf(value)}`);
  }
  return bias as Record<string, number>;
}
