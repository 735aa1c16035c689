import type { Tool, ToolCall, ToolCallDelta, ToolChoice } from "@switchyard/contracts/vocabulary/chat";
import { missingIndex } from "../domain/chunk-sequence.ts";
import { extraJson, furtherFields, isObject, type JsonObject, parseObject, textOf, withNested } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";

/** No API gives more tool calls in a turn; consumers make room for every index below the largest. */
const mostToolCalls = 1024;

/** A tool as OpenAI writes it. One without a name is of another kind and stands in its further fields whole. */
export function toTool(tool: Tool, index: number): JsonObject {
  const field = `chat.tools[${index}]`;
  const extra = parseObject(tool.extraJson, `${field}.extra_json`);
  if (tool.name === "") return extra;
  const { name, description, parametersJson, strict } = tool;
  return {
    ...extra,
    type: "function",
    function: {
      ...nestedFunction(extra),
      name,
      ...(description && { description }),
      ...(parametersJson && { parameters: parseObject(parametersJson, `${field}.parameters_json`) }),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

export function toToolChoice({ choice }: ToolChoice): unknown {
  switch (choice?.$case) {
    case "mode":
      return choice.value;
    case "function":
      return { type: "function", function: { name: choice.value } };
    case "otherJson":
      return parseObject(choice.value, "chat.tool_choice.other_json");
    case undefined:
      return undefined;
  }
}

export function toToolCall(call: ToolCall, field: string): JsonObject {
  const extra = parseObject(call.extraJson, `${field}.extra_json`);
  if (call.name === "") return { ...extra, id: call.id };
  const { id, name, arguments: text } = call;
  return { ...extra, id, type: "function", function: { ...nestedFunction(extra), name, arguments: text } };
}

const nestedFunction = (extra: JsonObject): JsonObject => (isObject(extra.function) ? extra.function : {});

const callFields = new Set(["id", "type", "function", "index"]);
const otherCallFields = new Set(["id", "index"]);
const functionFields = new Set(["name", "arguments"]);

/** A tool call of an answer; one that is not of a function keeps its form in its further fields. */
export function fromToolCall(call: JsonObject): ToolCall {
  return { id: textOf(call.id), ...fromFunction(call) };
}

/**
 * A piece of a tool call; its index is {@link missingIndex} where the provider gives none. Throws {@link MalformedAnswer} for
 * an index that no call can have.
 */
export function fromToolCallDelta(call: JsonObject): ToolCallDelta {
  return { index: callIndex(call.index), id: textOf(call.id), ...fromFunction(call) };
}

function callIndex(index: unknown): number {
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0) return missingIndex;
  if (index < mostToolCalls) return index;
  throw new MalformedAnswer("has a tool call in an impossible position");
}

function fromFunction(call: JsonObject): { name: string; arguments: string; extraJson: string } {
  if (!isObject(call.function)) {
    return { name: "", arguments: "", extraJson: extraJson(furtherFields(call, otherCallFields)) };
  }
  const further = withNested(furtherFields(call, callFields), "function", furtherFields(call.function, functionFields));
  return {
    name: textOf(call.function.name),
    arguments: argumentsOf(call.function.arguments),
    extraJson: extraJson(further),
  };
}

/** OpenAI sends text; some servers send the object itself. */
const argumentsOf = (value: unknown): string => (isObject(value) ? JSON.stringify(value) : textOf(value));
