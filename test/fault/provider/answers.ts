import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour, Exchange } from "./exchange.ts";
import {
  answerTokens,
  beginStream,
  deltaEvent,
  endStream,
  placeOf,
  sendHead,
  textBetween,
  wholeBody,
  writeBeginning,
  writeTokens,
} from "./writing.ts";

/** Answers in full, at once; goes on where the conversation already holds the beginning of the answer. */
export const healthy =
  (finishReason = "stop"): Behaviour =>
  (exchange) => {
    const from = placeOf(exchange);
    if (!exchange.served.isStreamed) return sendWhole(exchange, wholeBody(exchange, from, answerTokens, finishReason));
    beginStream(exchange);
    writeTokens(exchange, from, answerTokens);
    endStream(exchange, finishReason);
  };

/** Says nothing for a while, then answers in full. */
export const late =
  (delayMs: number): Behaviour =>
  async (exchange) => {
    if (exchange.served.isStreamed) beginStream(exchange);
    await sleep(delayMs, undefined, { signal: exchange.over });
    if (!exchange.served.isStreamed) return sendWhole(exchange, wholeBody(exchange));
    writeTokens(exchange, 0, answerTokens);
    endStream(exchange);
  };

/** Answers in full, with a pause before every so many tokens. */
export const steady =
  (pauseMs: number, tokensAtOnce: number): Behaviour =>
  async (exchange) => {
    if (!exchange.served.isStreamed) return sendWhole(exchange, wholeBody(exchange));
    beginStream(exchange);
    for (let from = placeOf(exchange); from < answerTokens; from += tokensAtOnce) {
      await sleep(pauseMs, undefined, { signal: exchange.over });
      writeTokens(exchange, from, Math.min(answerTokens, from + tokensAtOnce));
    }
    endStream(exchange);
  };

/** Answers so many tokens at once and the rest byte by byte, each after a pause: alive, and of no use. */
export const slowDrip =
  (pauseMs: number, tokensBefore = 0): Behaviour =>
  async (exchange) => {
    const { response, served, over } = exchange;
    const from = placeOf(exchange);
    if (served.isStreamed) writeBeginning(exchange, tokensBefore);
    else sendHead(exchange);
    const rest = served.isStreamed
      ? deltaEvent(exchange, { content: textBetween(from + tokensBefore, answerTokens) })
      : wholeBody(exchange);
    // None of the rest is of use before the last byte, which never comes in time.
    served.completionTokens = tokensBefore;
    served.hasReportedUsage = false;
    for (const byte of Buffer.from(rest)) {
      response.write(Buffer.of(byte));
      await sleep(pauseMs, undefined, { signal: over });
    }
    response.end();
  };

function sendWhole(exchange: Exchange, body: string): void {
  sendHead(exchange, 200, { "content-length": String(Buffer.byteLength(body)) });
  exchange.response.end(body);
}
