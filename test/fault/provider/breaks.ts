import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour, Exchange } from "./exchange.ts";
import {
  answerTokens,
  deltaEvent,
  endStream,
  event,
  sendHead,
  wholeBody,
  writeBeginning,
  writeTokens,
} from "./writing.ts";

/** Resets the connection before any answer. */
export const resets = (): Behaviour => (exchange) => exchange.drop("reset");

/** Takes the request and says nothing, not even a status. */
export const silent = (): Behaviour => () => undefined;

/** Long enough for what was sent to be read: what a cut overtakes counts as never sent. */
const readMs = 100;

/** Hangs up after so many tokens; a whole answer ends in the middle of its body. */
export const cutAfter =
  (tokens: number): Behaviour =>
  async (exchange) => {
    sendBeginning(exchange, tokens);
    await sleep(readMs, undefined, { signal: exchange.over });
    exchange.drop("end");
  };

/** Goes silent after so many tokens, the connection open. */
export const stallsAfter =
  (tokens: number): Behaviour =>
  (exchange) =>
    sendBeginning(exchange, tokens);

/** Sends half a chunk where a chunk should be, after so many tokens, and goes on as if nothing had been. */
export const malformedAfter =
  (tokens: number): Behaviour =>
  (exchange) => {
    const { response, served } = exchange;
    if (!served.isStreamed) {
      const body = wholeBody(exchange);
      sendHead(exchange);
      served.hasReportedUsage = false;
      response.end(body.slice(0, body.length / 2));
      return;
    }
    const to = writeBeginning(exchange, tokens);
    const { completionTokens, streamedText } = served;
    response.write(`${deltaEvent(exchange, { content: " lost" }).slice(0, 60)}\n\n`);
    writeTokens(exchange, to, answerTokens);
    endStream(exchange);
    // What comes behind it cannot be told from what is lost.
    Object.assign(served, { completionTokens, streamedText, hasReportedUsage: false });
  };

/** Ends a stream in order after so many tokens, with or without a finish reason, but without `[DONE]`. */
export const withoutDone =
  (tokens: number, finishReason?: string): Behaviour =>
  (exchange) => {
    writeBeginning(exchange, tokens);
    exchange.response.end(finishReason === undefined ? "" : deltaEvent(exchange, {}, finishReason));
  };

/** Sends an error object in a response that says 200, after so many tokens, and ends it in order. */
export const errorAfter =
  (tokens: number, error: object = { message: "scripted", type: "server_error", code: null }): Behaviour =>
  (exchange) => {
    if (!exchange.served.isStreamed) {
      sendHead(exchange);
      exchange.response.end(JSON.stringify({ error }));
      return;
    }
    if (tokens > 0) writeBeginning(exchange, tokens);
    else sendHead(exchange);
    exchange.response.end(event({ error }) + event("[DONE]"));
  };

function sendBeginning(exchange: Exchange, tokens: number): void {
  const { response, served } = exchange;
  if (served.isStreamed) {
    writeBeginning(exchange, tokens);
    return;
  }
  const body = wholeBody(exchange);
  sendHead(exchange, 200, { "content-length": String(Buffer.byteLength(body)) });
  response.write(body.slice(0, (body.length * tokens) / answerTokens));
  served.completionTokens = tokens;
  served.hasReportedUsage = false;
}
