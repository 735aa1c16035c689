import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../domain/api-error.ts";

/** Largest request body, in bytes. */
const mostBytes = 64 * 1024 * 1024;

/** One request with its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the caller hangs up before the response is finished. */
  readonly hungUp: AbortSignal;
}

export function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return { request, response, hungUp: controller.signal };
}

/** The JSON of a request's body. Throws 400 or 413. */
export async function readJson({ request }: Exchange): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new ApiError({ status: 413, message: "The request body is too large." });
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch {
    throw new ApiError({ status: 400, message: "We could not parse the JSON body of your request." });
  }
}

export function sendJson({ response }: Exchange, body: object, status = 200, headers: object = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** Writes, and waits where the caller reads slower than this is written. Rejects when it hangs up. */
export async function write({ response, hungUp }: Exchange, text: string): Promise<void> {
  hungUp.throwIfAborted();
  if (response.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const onHungUp = () => reject(hungUp.reason);
    hungUp.addEventListener("abort", onHungUp, { once: true });
    response.once("drain", () => {
      hungUp.removeEventListener("abort", onHungUp);
      resolve();
    });
  });
}

/** Breaks the connection after everything written so far has gone out. */
export function breakOff({ response }: Exchange, lastWords: string): Promise<void> {
  return new Promise((resolve) => {
    response.write(lastWords, () => {
      response.destroy();
      resolve();
    });
  });
}

/** Waits for the caller to hang up. */
export function untilHungUp({ hungUp }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    if (hungUp.aborted) resolve();
    else hungUp.addEventListener("abort", () => resolve(), { once: true });
  });
}
