/** An object out of JSON.parse. */
export type JsonObject = { readonly [key: string]: unknown };

/** Whether a JSON value is an object, not an array or null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of an object whose names are not among `known`; undefined if there are none. */
export function unknownFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let unknown: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    if (known.has(key)) continue;
    // Without a prototype, a field called `__proto__` is a field like any other.
    unknown ??= Object.create(null) as Record<string, unknown>;
    unknown[key] = object[key];
  }
  return unknown;
}

/**
 * Adds the fields of JSON object text to an object under construction. What the object holds already wins, except that
 * objects of the same name are joined, so that `{"usage_details": {"cached": 1}}` can be completed from the text. Empty
 * text adds nothing.
 */
export function addExtra<T extends object>(target: T, extraJson: string): T {
  if (extraJson !== "") join(target as Record<string, unknown>, parseObject(extraJson));
  return target;
}

function parseObject(extraJson: string): JsonObject {
  try {
    const value: unknown = JSON.parse(extraJson);
    if (isJsonObject(value)) return value;
  } catch {
    // The parser's own message quotes the text, which may be part of an answer and must not get into a log.
  }
  throw new Error("extra_json of a message of the platform is not a JSON object");
}

function join(target: Record<string, unknown>, extra: JsonObject): void {
  for (const key of Object.keys(extra)) {
    if (key === "__proto__") continue;
    const before = target[key];
    if (before === undefined) target[key] = extra[key];
    else if (isJsonObject(before) && isJsonObject(extra[key])) join(before as Record<string, unknown>, extra[key]);
  }
}
