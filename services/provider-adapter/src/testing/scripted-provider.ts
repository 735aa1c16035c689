import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the provider got it, and the response that the script gives. */
export interface Exchange {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** The body as it was sent. */
  readonly text: string;
  readonly response: ServerResponse;
  /** Resolves when the response is over, however it ended. */
  readonly over: Promise<void>;
  /** Resolves when the caller hangs up before the response is finished. */
  readonly hungUp: Promise<void>;
}

export interface ScriptedProvider {
  readonly baseUrl: string;
  readonly exchanges: readonly Exchange[];
  /** Connections that were made to it. */
  connectionCount(): number;
  /** The next request that arrives. */
  next(): Promise<Exchange>;
  close(): Promise<void>;
}

/** A provider on a real socket that does with every request what the script says. */
export async function startScriptedProvider(
  script: (exchange: Exchange) => void = () => undefined,
): Promise<ScriptedProvider> {
  const exchanges: Exchange[] = [];
  const waiting: ((exchange: Exchange) => void)[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const over = new Promise<void>((resolve) => response.once("close", resolve));
    const hungUp = new Promise<void>((resolve) =>
      response.once("close", () => void (response.writableFinished || resolve())),
    );
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const body = JSON.parse(text);
    const exchange = { path: request.url ?? "", headers: request.headers, body, text, response, over, hungUp };
    exchanges.push(exchange);
    waiting.shift()?.(exchange);
    script(exchange);
  });
  server.on("connection", () => void connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    connectionCount: () => connections,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Text of a recorded answer. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`../__fixtures__/${name}`, import.meta.url), "utf8");

export function sendJson(response: ServerResponse, body: string | object, status = 200, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Begins a stream of events. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

export function sendStream(response: ServerResponse, events: string): void {
  beginStream(response);
  response.end(events);
}

/** An event with a chunk that says something. */
export const contentEvent = (content: string, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c1", choices: [{ index: 0, delta: { content }, finish_reason: finishReason }] })}\n\n`;
