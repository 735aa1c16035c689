import type { ContentPart, Message, Role, ToolCall } from "@switchyard/contracts/vocabulary/chat";
import { arrayField, fieldAt, jsonText, kindOf, objectAt, objectField, refuse, stringField } from "./fields.ts";
import { type JsonObject, unknownFields } from "./json.ts";

const roles: ReadonlyMap<string, Role> = new Map([
  ["system", "ROLE_SYSTEM"],
  ["developer", "ROLE_DEVELOPER"],
  ["user", "ROLE_USER"],
  ["assistant", "ROLE_ASSISTANT"],
  ["tool", "ROLE_TOOL"],
]);

const messageFields = new Set(["role", "content", "name", "tool_calls", "tool_call_id", "refusal"]);
const textFields = new Set(["type", "text"]);
const imageFields = new Set(["type", "image_url"]);
const imageUrlFields = new Set(["url", "detail"]);
const audioFields = new Set(["type", "input_audio"]);
const inputAudioFields = new Set(["data", "format"]);
const callFields = new Set(["id", "type", "function"]);
const calledFunctionFields = new Set(["name", "arguments"]);

/** A message of a chat request as the contracts have it. */
export function messageFrom(value: unknown, path: string): Message {
  const message = objectAt(value, path);
  return {
    role: roleFrom(message, path),
    content: contentFrom(message.content, fieldAt(path, "content")),
    name: stringField(message, "name", path) ?? "",
    toolCalls: (arrayField(message, "tool_calls", path) ?? []).map((call, index) =>
      toolCallFrom(call, `${path}.tool_calls[${index}]`),
    ),
    toolCallId: stringField(message, "tool_call_id", path) ?? "",
    refusal: stringField(message, "refusal", path),
    extraJson: jsonText(unknownFields(message, messageFields), path),
  };
}

function roleFrom(message: JsonObject, path: string): Role {
  const name = stringField(message, "role", path);
  const role = roles.get(name ?? "");
  if (role !== undefined) return role;
  const field = fieldAt(path, "role");
  if (name === undefined) return refuse(field, "is required");
  if (name === "function") {
    return refuse(field, "the role `function` is no longer supported: answer a tool call with the role `tool`");
  }
  return refuse(field, `must be one of ${[...roles.keys()].join(", ")}`);
}

function contentFrom(content: unknown, path: string): ContentPart[] {
  if (typeof content === "string") return [{ part: { $case: "text", value: content }, extraJson: "" }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) return refuse(path, `must be a string or an array of parts, not ${kindOf(content)}`);
  return content.map((part, index) => partFrom(part, `${path}[${index}]`));
}

function partFrom(value: unknown, path: string): ContentPart {
  const part = objectAt(value, path);
  const type = stringField(part, "type", path) ?? refuse(fieldAt(path, "type"), "is required");
  switch (type) {
    case "text":
      return {
        part: { $case: "text", value: required(stringField(part, "text", path), path, "text") },
        extraJson: jsonText(unknownFields(part, textFields), path),
      };
    case "image_url":
      return imageFrom(part, path);
    case "input_audio":
      return audioFrom(part, path);
    default:
      return { part: { $case: "otherJson", value: jsonText(part, path) }, extraJson: "" };
  }
}

function imageFrom(part: JsonObject, path: string): ContentPart {
  const image = required(objectField(part, "image_url", path), path, "image_url");
  const at = fieldAt(path, "image_url");
  const url = required(stringField(image, "url", at), at, "url");
  return {
    part: { $case: "image", value: { url, detail: stringField(image, "detail", at) ?? "" } },
    extraJson: extraOf(part, imageFields, { image_url: unknownFields(image, imageUrlFields) }, path),
  };
}

function audioFrom(part: JsonObject, path: string): ContentPart {
  const audio = required(objectField(part, "input_audio", path), path, "input_audio");
  const at = fieldAt(path, "input_audio");
  const data = required(stringField(audio, "data", at), at, "data");
  const format = required(stringField(audio, "format", at), at, "format");
  return {
    part: { $case: "audio", value: { data, format } },
    extraJson: extraOf(part, audioFields, { input_audio: unknownFields(audio, inputAudioFields) }, path),
  };
}

function toolCallFrom(value: unknown, path: string): ToolCall {
  const call = objectAt(value, path);
  refuseOtherThanFunction(call, path);
  const called = required(objectField(call, "function", path), path, "function");
  const at = fieldAt(path, "function");
  return {
    id: stringField(call, "id", path) ?? "",
    name: stringField(called, "name", at) ?? "",
    arguments: stringField(called, "arguments", at) ?? "",
    extraJson: extraOf(call, callFields, { function: unknownFields(called, calledFunctionFields) }, path),
  };
}

/** Tools and calls are functions; anything else is refused by name rather than changed into one. */
export function refuseOtherThanFunction(object: JsonObject, path: string): void {
  const type = stringField(object, "type", path) ?? "function";
  if (type !== "function") refuse(fieldAt(path, "type"), `must be "function"; "${type}" is not supported`);
}

/** Unknown fields of an object and of its inner object together, the inner ones under its name, as JSON object text. */
export function extraOf(
  object: JsonObject,
  known: ReadonlySet<string>,
  inner: Readonly<Record<string, JsonObject | undefined>>,
  path: string,
): string {
  let extra = unknownFields(object, known);
  for (const [key, fields] of Object.entries(inner)) {
    if (fields !== undefined) extra = { ...extra, [key]: fields };
  }
  return jsonText(extra, path);
}

/** A field that must be there. */
export function required<T>(value: T | undefined, path: string, key: string): T {
  return value ?? refuse(fieldAt(path, key), "is required");
}
