import { invalidRequest } from "@switchyard/rpc";

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A string as it is; anything else is an empty one. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Parses the text of a JSON object that a request carries; empty text is an empty object. Throws INVALID_REQUEST. */
export function parseObject(text: string, field: string): JsonObject {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Answered below, like JSON that is no object.
  }
  throw invalidRequest({ field, description: "must be the text of a JSON object" });
}

/** The fields of an object that are not among the known ones; undefined if there are none. */
export function furtherFields(value: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let further: JsonObject | undefined;
  for (const key in value) {
    if (known.has(key)) continue;
    further ??= {};
    further[key] = value[key];
  }
  return further;
}

/** The text of an `extra_json` field: empty where there are no further fields. */
export const extraJson = (further: JsonObject | undefined): string =>
  further === undefined ? "" : JSON.stringify(further);

/** As {@link furtherFields}, with what is left over of a nested object under its name. */
export function withNested(further: JsonObject | undefined, name: string, nested: JsonObject | undefined) {
  return nested === undefined ? further : { ...further, [name]: nested };
}
