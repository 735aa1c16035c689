import type { ResponseFormat } from "@switchyard/contracts/vocabulary/chat";
import { booleanField, fieldAt, jsonText, objectField, refuse, stringField } from "./fields.ts";
import { type JsonObject, unknownFields } from "./json.ts";
import { required } from "./message.ts";

const plainFields = new Set(["type"]);
const schemaFormatFields = new Set(["type", "json_schema"]);
const schemaFields = new Set(["name", "description", "schema", "strict"]);

/** `response_format` as the contracts have it. Its fields are all known: another one would change the shape unseen. */
export function responseFormatFrom(body: JsonObject): ResponseFormat | undefined {
  const path = "response_format";
  const format = objectField(body, path, "");
  if (format === undefined) return undefined;
  const type = required(stringField(format, "type", path), path, "type");
  switch (type) {
    case "text":
      refuseUnknown(format, plainFields, path);
      return { format: { $case: "text", value: {} } };
    case "json_object":
      refuseUnknown(format, plainFields, path);
      return { format: { $case: "jsonObject", value: {} } };
    case "json_schema":
      refuseUnknown(format, schemaFormatFields, path);
      return { format: { $case: "jsonSchema", value: schemaFrom(format, path) } };
    default:
      return refuse(fieldAt(path, "type"), "must be one of text, json_object, json_schema");
  }
}

function schemaFrom(format: JsonObject, path: string) {
  const schema = required(objectField(format, "json_schema", path), path, "json_schema");
  const at = fieldAt(path, "json_schema");
  refuseUnknown(schema, schemaFields, at);
  return {
    name: stringField(schema, "name", at) ?? "",
    description: stringField(schema, "description", at) ?? "",
    schemaJson: jsonText(objectField(schema, "schema", at), fieldAt(at, "schema")),
    strict: booleanField(schema, "strict", at),
  };
}

function refuseUnknown(object: JsonObject, known: ReadonlySet<string>, path: string): void {
  const [unknown] = Object.keys(unknownFields(object, known) ?? {});
  if (unknown !== undefined) refuse(fieldAt(path, unknown), "is not known here");
}
