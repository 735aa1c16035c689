import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { type Dispatcher, Response, fetch as undiciFetch } from "undici";
import { parseErrorBody } from "./openai-error-body.ts";

/** How long the end of a stream is waited for after its last event, to keep its connection, in milliseconds. */
const drainMs = 1_000;
/** The statuses of HTTP that `Response` takes no body with. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);
/** How long the body of an error response is waited for, in milliseconds: its status has said that there is no answer. */
const errorBodyMs = 1_000;
/** Characters of an error response that are read. */
const longestErrorBody = 65_536;

/**
 * A fetch over pooled connections. It hands the SDK every error as the error object it understands, and keeps the
 * connection of a stream that was read up to `[DONE]`, which the SDK alone would close. A redirect is an error: what the request holds is for the configured address only.
 */
export function pooledFetch(dispatcher: Dispatcher): typeof globalThis.fetch {
  const fetchPooled = async (url: string, init: RequestInit): Promise<Response> => {
    const options = { ...init, redirect: "manual", dispatcher } as Parameters<typeof undiciFetch>[1];
    const response = await undiciFetch(url, options);
    const { status, headers, body } = response;
    if (!response.ok) return new Response(bodiless.has(status) ? null : await errorText(body), { status, headers });
    if (body === null || !headers.get("content-type")?.includes("event-stream")) return response;
    return new Response(readToTheEnd(body, init.signal), { status, headers });
  };
  // The SDK asks for the types of the DOM; undici's are the same but for their names.
  return fetchPooled as unknown as typeof globalThis.fetch;
}

async function errorText(body: NodeReadableStream<Uint8Array> | null): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  const hangUp = () => reader?.cancel().catch(() => undefined);
  const patience = setTimeout(hangUp, errorBodyMs).unref();
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      text += decoder.decode(read.value, { stream: true });
      if (text.length > longestErrorBody) hangUp();
    }
  } catch {
    // The status says enough.
  } finally {
    clearTimeout(patience);
  }
  return JSON.stringify({ error: parseErrorBody(text) });
}

/** The same bytes; but whoever stops reading early, without aborting the request, leaves the rest to be read away. */
function readToTheEnd(
  body: NodeReadableStream<Uint8Array>,
  signal: AbortSignal | null | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel() {
        if (signal?.aborted) return reader.cancel();
        // Not awaited: the reader has its answer already.
        drain(reader).catch(() => undefined);
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const patience = setTimeout(() => reader.cancel().catch(() => undefined), drainMs).unref();
  try {
    while (!(await reader.read()).done);
  } finally {
    clearTimeout(patience);
  }
}
