import type { Tool, ToolChoice } from "@switchyard/contracts/vocabulary/chat";
import { booleanField, fieldAt, jsonText, kindOf, objectAt, objectField, refuse, stringField } from "./fields.ts";
import { isJsonObject, type JsonObject, unknownFields } from "./json.ts";
import { extraOf, refuseOtherThanFunction, required } from "./message.ts";

const toolFields = new Set(["type", "function"]);
const functionFields = new Set(["name", "description", "parameters", "strict"]);

/** A tool of a chat request as the contracts have it. */
export function toolFrom(value: unknown, path: string): Tool {
  const tool = objectAt(value, path);
  refuseOtherThanFunction(tool, path);
  const called = required(objectField(tool, "function", path), path, "function");
  const at = fieldAt(path, "function");
  return {
    name: stringField(called, "name", at) ?? "",
    description: stringField(called, "description", at) ?? "",
    parametersJson: jsonText(objectField(called, "parameters", at), fieldAt(at, "parameters")),
    strict: booleanField(called, "strict", at),
    extraJson: extraOf(tool, toolFields, { function: unknownFields(called, functionFields) }, path),
  };
}

/** `tool_choice` as the contracts have it. */
export function toolChoiceFrom(value: unknown, path: string): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return { choice: { $case: "mode", value } };
  if (!isJsonObject(value)) return refuse(path, `must be a string or an object, not ${kindOf(value)}`);
  const name = namedFunction(value);
  return { choice: name === undefined ? { $case: "otherJson", value: jsonText(value, path) } : name };
}

function namedFunction(choice: JsonObject): ToolChoice["choice"] {
  const { type, function: named } = choice;
  const isPlain = type === "function" && isJsonObject(named) && Object.keys(choice).length === 2;
  if (!isPlain || typeof named.name !== "string" || Object.keys(named).length !== 1) return undefined;
  return { $case: "function", value: named.name };
}
