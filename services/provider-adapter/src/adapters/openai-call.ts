import type { OpenAI } from "openai";
import { createEventDecoder, type ServerEvent } from "./event-decoder.ts";
import type { JsonObject } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { type ErrorSurroundings, errorInAnswer } from "./openai-error.ts";
import type { PooledResponse } from "./undici-fetch.ts";

/** How long the end of a stream is waited for after its last event, to keep its connection, in milliseconds. */
const drainMs = 1_000;
/** Bytes that are read away for that. */
const drainBytes = 65_536;

/**
 * Asks through the SDK: its address, headers, key and errors. The answer is read without it: the SDK's own reading watches
 * the time once more, goes through layers of generators for every chunk, and copies.
 */
async function ask(client: OpenAI, path: string, body: JsonObject, signal: AbortSignal): Promise<PooledResponse> {
  return (await client.post(path, { body, signal }).asResponse()) as unknown as PooledResponse;
}

/** Asks for one JSON value. Throws what the SDK throws, and SyntaxError for anything but JSON. */
export async function askWhole(client: OpenAI, path: string, body: JsonObject, signal: AbortSignal): Promise<unknown> {
  return JSON.parse(await (await ask(client, path, body, signal)).text());
}

/** An answer of events that has begun. */
export type EventStream = PooledResponse["body"];

/**
 * Asks for a stream. Throws what the SDK throws; an answer that is one JSON object, as some providers send their errors, though
 * with status 200, is handed to `refuse`.
 */
export async function askStream(
  client: OpenAI,
  path: string,
  body: JsonObject,
  signal: AbortSignal,
  refuse: (answer: unknown) => void,
): Promise<EventStream> {
  const response = await ask(client, path, body, signal);
  if (!/^application\/([^;]*\+)?json/i.test(response.headers.get("content-type") ?? "")) return response.body;
  refuse(JSON.parse(await response.text()));
  throw new MalformedAnswer("is no stream, though one was asked for");
}

/**
 * The chunks of a stream up to `[DONE]`, its end, or the signal, each as JSON. Throws RpcError for an error in it, SyntaxError
 * for no JSON.
 */
export async function* readChunks(
  stream: EventStream,
  signal: AbortSignal,
  surroundings: ErrorSurroundings,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = createEventDecoder();
  stream.setEncoding("utf8");
  let isDone = false;
  try {
    for await (const text of stream.iterator({ destroyOnReturn: false })) {
      for (const event of decoder.push(text)) {
        isDone ||= event.data === "[DONE]";
        if (isDone) return;
        yield chunkOf(event, surroundings);
      }
    }
    for (const event of decoder.end()) if (event.data !== "[DONE]") yield chunkOf(event, surroundings);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (isDone) stream.dump({ limit: drainBytes, signal: AbortSignal.timeout(drainMs) }).catch(() => undefined);
    else stream.destroy();
  }
}

function chunkOf({ type, data }: ServerEvent, surroundings: ErrorSurroundings): unknown {
  const chunk: unknown = JSON.parse(data);
  if (type === "error" || (chunk as { error?: unknown } | null)?.error) throw errorInAnswer(chunk, surroundings);
  return chunk;
}
