import { invalidRequest } from "@switchyard/rpc";
import { isJsonObject, type JsonObject } from "./json.ts";

/**
 * Readers of single fields of a request. Each returns undefined where the field is absent or null and throws
 * INVALID_ARGUMENT naming the field (`messages[0].role`) where it has another JSON type; what a value means is not judged
 * here. `path` is where the object stands, empty at the top.
 */

/** Throws INVALID_ARGUMENT for a field. */
export function refuse(field: string, description: string): never {
  throw invalidRequest({ field, description });
}

/** The name of a field of an object that stands at `path`. */
export const fieldAt = (path: string, key: string) => (path === "" ? key : `${path}.${key}`);

/** A string. */
export function stringField(object: JsonObject, key: string, path: string): string | undefined {
  const value = object[key];
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  return mismatch(value, "a string", path, key);
}

/** A boolean. */
export function booleanField(object: JsonObject, key: string, path: string): boolean | undefined {
  const value = object[key];
  if (typeof value === "boolean") return value;
  if (value === undefined || value === null) return undefined;
  return mismatch(value, "a boolean", path, key);
}

/** Any number. */
export function numberField(object: JsonObject, key: string, path: string): number | undefined {
  const value = object[key];
  if (typeof value === "number") return value;
  if (value === undefined || value === null) return undefined;
  return mismatch(value, "a number", path, key);
}

/** A whole number of 32 bits. */
export function int32Field(object: JsonObject, key: string, path: string): number | undefined {
  const value = numberField(object, key, path);
  if (value === undefined || isInt32(value)) return value;
  return refuse(fieldAt(path, key), "must be a whole number between -2147483648 and 2147483647");
}

/** A whole number of 64 bits. */
export function int64Field(object: JsonObject, key: string, path: string): bigint | undefined {
  const value = numberField(object, key, path);
  if (value === undefined) return undefined;
  const whole = Number.isInteger(value) ? BigInt(value) : undefined;
  if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return whole;
  return refuse(fieldAt(path, key), "must be a whole number of 64 bits");
}

/** An object. */
export function objectField(object: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  return isJsonObject(value) ? value : mismatch(value, "an object", path, key);
}

/** An array. */
export function arrayField(object: JsonObject, key: string, path: string): readonly unknown[] | undefined {
  const value = object[key];
  if (Array.isArray(value)) return value;
  if (value === undefined || value === null) return undefined;
  return mismatch(value, "an array", path, key);
}

/** A value that must be an object, an array's element say. */
export function objectAt(value: unknown, path: string): JsonObject {
  return isJsonObject(value) ? value : refuse(path, `must be an object, not ${kindOf(value)}`);
}

/** A value that must be a string, an array's element say. */
export function stringAt(value: unknown, path: string): string {
  return typeof value === "string" ? value : refuse(path, `must be a string, not ${kindOf(value)}`);
}

/** A value as JSON text, empty where there is none. */
export function jsonText(value: unknown, path: string): string {
  if (value === undefined) return "";
  try {
    return JSON.stringify(value);
  } catch (error) {
    // JSON.parse takes any depth, JSON.stringify only as much as the stack holds.
    if (error instanceof RangeError) return refuse(path, "is nested too deeply");
    throw error;
  }
}

/** Whether a number is a whole number of 32 bits. */
export const isInt32 = (value: number) => (value | 0) === value;

/** What a JSON value is, for people. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function mismatch(value: unknown, expected: string, path: string, key: string): never {
  return refuse(fieldAt(path, key), `must be ${expected}, not ${kindOf(value)}`);
}
