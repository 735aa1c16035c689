import { BinaryReader } from "@bufbuild/protobuf/wire";
import { invalidRequest, type RpcError } from "./rpc-error.ts";
import type { MethodDefinition, ServiceDefinition } from "./service.ts";

/**
 * Requests that came as broken bytes, with the error to answer them with. grpc-js answers what cannot be decoded with an
 * INTERNAL that names no field, and protobuf readers replace broken text unseen; so both are decoded all the same, and
 * refused where the call is answered.
 */
const unreadable = new WeakMap<object, RpcError>();

/** Throws INVALID_ARGUMENT if the request came as broken bytes. */
export function refuseUnreadable(request: unknown): void {
  const error = unreadable.get(request as object);
  if (error) throw error;
}

/** A service whose requests are decoded strictly; see {@link refuseUnreadable}. */
export function strictlyRead<D extends ServiceDefinition>(definition: D): D {
  const methods = Object.entries(definition.methods).map(([key, method]) => [
    key,
    { ...method, requestType: { ...method.requestType, decode: (bytes: Uint8Array) => decode(method, bytes) } },
  ]);
  return { ...definition, methods: Object.fromEntries(methods) };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Stands for text that is not UTF-8 until its place is found: half a surrogate pair, which no valid bytes decode to. */
const broken = "\ud800";

function decode({ requestType }: MethodDefinition, bytes: Uint8Array): object {
  let isBroken = false;
  const reader = new BinaryReader(bytes, (text) => {
    try {
      return utf8.decode(text);
    } catch {
      isBroken = true;
      return broken;
    }
  });
  const read = requestType.decode as (input: BinaryReader | Uint8Array) => object;
  try {
    const request = read(reader);
    if (isBroken) {
      const field = findBroken(request, "") ?? "message";
      unreadable.set(request, invalidRequest({ field, description: "must be UTF-8" }));
    }
    return request;
  } catch {
    const request = read(new Uint8Array());
    unreadable.set(
      request,
      invalidRequest({ field: "message", description: "is not a protobuf message of this method" }),
    );
    return request;
  }
}

/** Path of the first text that was broken, in proto field names. */
function findBroken(value: unknown, path: string): string | undefined {
  if (value === broken) return path;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    // A oneof is { $case, value } here and a plain field on the wire.
    const isOneofValue = key === "value" && "$case" in value;
    const name = isOneofValue ? snakeCase(String(value.$case)) : snakeCase(key);
    const parent = isOneofValue ? path.slice(0, Math.max(0, path.lastIndexOf("."))) : path;
    const at = Array.isArray(value) ? `${path}[${key}]` : parent ? `${parent}.${name}` : name;
    const found = key.includes(broken) ? path : findBroken(inner, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
