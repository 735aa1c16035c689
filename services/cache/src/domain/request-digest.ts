import { hash } from "node:crypto";
import type {
  ChatRequest,
  ContentPart,
  Message,
  ResponseFormat,
  Tool,
  ToolChoice,
} from "@switchyard/contracts/vocabulary/chat";
import { canonicalJson } from "./canonical-json.ts";

/** SHA-256 of text, as 43 characters of base64url. */
export const sha256 = (text: string): string => hash("sha256", text, "base64url");

/** Changes whenever the canonical form does, so that answers kept under another form are never found. */
const form = 2;

/** A request in two parts, which together are everything that its answer depends on. */
export interface RequestParts {
  /**
   * SHA-256 over all but the text of the last turn: the request as its model sees it, and what else bounds the answer. Caller,
   * labels and whether it is streamed are not among it. Equal for two requests only if they are the same up to that text; a
   * field that is absent equals one that is set to what the contract says absence means.
   */
  readonly stable: string;
  /** The text of the last turn. Undefined where that is no plain text of the user: it is part of the stable part then. */
  readonly text: string | undefined;
}

/** Splits a request; `scope` is what else bounds its answer. */
export function splitRequest(chat: ChatRequest, scope: string): RequestParts {
  const text = lastUserText(chat.messages);
  return { stable: sha256(canonicalRequest(chat, scope, text !== undefined)), text };
}

/** SHA-256 over the whole of a request: equal for two only if they ask the same. */
export const digestOf = ({ stable, text }: RequestParts): string => sha256(JSON.stringify([stable, text ?? null]));

function lastUserText(messages: readonly Message[]): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== "ROLE_USER" || last.content.length !== 1) return undefined;
  if (last.toolCalls.length > 0 || last.toolCallId !== "" || last.refusal !== undefined) return undefined;
  const part = last.content[0]?.part;
  return part?.$case === "text" ? part.value : undefined;
}

/** JSON of nested arrays with a fixed place for every field, so that no two requests can be written alike. */
function canonicalRequest(chat: ChatRequest, scope: string, withoutLastText: boolean): string {
  const last = chat.messages.length - 1;
  return JSON.stringify([
    form,
    chat.model,
    scope,
    chat.messages.map((one, index) => message(one, withoutLastText && index === last)),
    chat.tools.map(tool),
    toolChoice(chat.toolChoice),
    chat.parallelToolCalls,
    responseFormat(chat.responseFormat),
    number(chat.temperature),
    number(chat.topP),
    number(chat.maxTokens),
    chat.stop,
    chat.seed?.toString(),
    number(chat.n ?? 1),
    number(chat.presencePenalty ?? 0),
    number(chat.frequencyPenalty ?? 0),
    logitBias(chat.logitBias),
    chat.logprobs ?? false,
    number(chat.topLogprobs),
    chat.reasoningEffort,
    canonicalJson(chat.extraJson),
  ]);
}

/** JSON writes NaN and infinity like an absent value. */
const number = (value: number | undefined) => (value === undefined || Number.isFinite(value) ? value : String(value));

function message({ role, content, name, toolCalls, toolCallId, refusal, extraJson }: Message, isWithoutText: boolean) {
  return [
    role,
    // No text is null, so nothing else looks like one that is left out.
    isWithoutText ? [["text", null, canonicalJson(content[0]?.extraJson ?? "")]] : content.map(contentPart),
    name,
    toolCalls.map((call) => [call.id, call.name, call.arguments, canonicalJson(call.extraJson)]),
    toolCallId,
    refusal,
    canonicalJson(extraJson),
  ];
}

function contentPart({ part, extraJson }: ContentPart) {
  const extra = canonicalJson(extraJson);
  switch (part?.$case) {
    case "text":
      return ["text", part.value, extra];
    case "image":
      return ["image", part.value.url, part.value.detail, extra];
    case "audio":
      return ["audio", part.value.data, part.value.format, extra];
    case "otherJson":
      return ["other", canonicalJson(part.value), extra];
    case undefined:
      return ["", extra];
  }
}

function tool({ name, description, parametersJson, strict, extraJson }: Tool) {
  return [name, description, canonicalJson(parametersJson), strict, canonicalJson(extraJson)];
}

function toolChoice(choice: ToolChoice | undefined) {
  const chosen = choice?.choice;
  if (chosen === undefined) return null;
  return [chosen.$case, chosen.$case === "otherJson" ? canonicalJson(chosen.value) : chosen.value];
}

function responseFormat(format: ResponseFormat | undefined) {
  const chosen = format?.format;
  if (chosen === undefined) return ["text"];
  if (chosen.$case !== "jsonSchema") return [chosen.$case];
  const { name, description, schemaJson, strict } = chosen.value;
  return ["jsonSchema", name, description, canonicalJson(schemaJson), strict];
}

function logitBias(bias: ChatRequest["logitBias"]) {
  return Object.keys(bias)
    .sort()
    .map((token) => [token, number(bias[token])]);
}
