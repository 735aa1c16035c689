import type { ChatResponse, Choice, Message, Role } from "@switchyard/contracts/vocabulary/chat";
import { extraJson, furtherFields, isObject, type JsonObject, textOf } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { fromContent } from "./openai-content.ts";
import { fromLogprobs } from "./openai-logprobs.ts";
import { fromToolCall } from "./openai-tools.ts";
import { countOf, fromUsage } from "./openai-usage.ts";

export const answerFields = new Set(["id", "object", "created", "model", "choices", "usage", "system_fingerprint"]);
/** How providers say that they broke an answer off: OpenRouter, vLLM and SGLang, Zhipu, DeepSeek. */
const brokenOff = new Set(["error", "abort", "network_error", "insufficient_system_resource"]);
/** No API gives more choices than 128. */
const mostChoices = 1024;
const choiceFields = new Set(["index", "message", "finish_reason", "logprobs"]);
const messageFields = new Set(["role", "content", "name", "tool_calls", "refusal"]);

/** A whole answer as OpenAI writes it. Throws {@link MalformedAnswer} where there is no choice in it. */
export function fromChatResponse(answer: unknown): ChatResponse {
  if (!isObject(answer)) throw new MalformedAnswer("is not a JSON object");
  const { choices } = answer;
  if (!Array.isArray(choices) || choices.length === 0) throw new MalformedAnswer("has no choices");
  return {
    id: textOf(answer.id),
    created: BigInt(countOf(answer.created)),
    model: textOf(answer.model),
    choices: choices.map(fromChoice).sort((one, other) => one.index - other.index),
    usage: fromUsage(answer.usage),
    systemFingerprint: textOf(answer.system_fingerprint),
    extraJson: extraJson(furtherFields(answer, answerFields)),
  };
}

function fromChoice(choice: unknown, position: number): Choice {
  if (!isObject(choice) || !isObject(choice.message)) throw new MalformedAnswer("has a choice without a message");
  const message = fromMessage(choice.message);
  const finishReason = finishReasonOf(choice.finish_reason);
  if (finishReason === "" && saysNothing(message))
    throw new MalformedAnswer("has a choice that neither ended nor began");
  return {
    index: choiceIndex(choice.index, position),
    message,
    finishReason,
    logprobs: fromLogprobs(choice.logprobs),
    extraJson: extraJson(furtherFields(choice, choiceFields)),
  };
}

/** The position that a choice says it has; where it stands in the list, if it says nothing. Throws {@link MalformedAnswer}. */
export function choiceIndex(index: unknown, position: number): number {
  if (index === undefined || index === null) return position;
  if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < mostChoices) return index as number;
  throw new MalformedAnswer("has a choice in an impossible position");
}

/** Why a choice ended; empty where it has not. Throws {@link MalformedAnswer} where it ended for a fault of the provider. */
export function finishReasonOf(reason: unknown): string {
  const text = textOf(reason);
  if (brokenOff.has(text)) throw new MalformedAnswer("was broken off by the provider itself");
  return text;
}

const saysNothing = ({ content, toolCalls, refusal, extraJson }: Message) =>
  content.every(({ part }) => !part?.value) && toolCalls.length === 0 && !refusal && extraJson === "";

function fromMessage(message: JsonObject): Message {
  const { content, name, refusal, tool_calls: toolCalls } = message;
  return {
    role: fromRole(message.role) ?? "ROLE_ASSISTANT",
    content: fromContent(content),
    name: textOf(name),
    toolCalls: Array.isArray(toolCalls) ? toolCalls.filter(isObject).map(fromToolCall) : [],
    toolCallId: "",
    refusal: typeof refusal === "string" ? refusal : undefined,
    extraJson: extraJson(furtherFields(message, messageFields)),
  };
}

const roles: Readonly<Record<string, Role>> = {
  system: "ROLE_SYSTEM",
  developer: "ROLE_DEVELOPER",
  user: "ROLE_USER",
  assistant: "ROLE_ASSISTANT",
  tool: "ROLE_TOOL",
};

/** A role as the contract names it; undefined for one that it does not know. */
export const fromRole = (role: unknown): Role | undefined =>
  typeof role === "string" && Object.hasOwn(roles, role) ? roles[role] : undefined;
