import { pieceCount, streamedCompletion } from "../domain/completion.ts";
import { type Fault, faultError } from "../domain/fault.ts";
import { breakOff, type Exchange, untilHungUp, write } from "./exchange.ts";
import { metronome, pause } from "./pacing.ts";
import type { PreparedAnswer } from "./prepared-answer.ts";

/** What is due at once goes out together, up to so many characters. */
const flushLength = 16_384;

const eventOf = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;

/** Sends an answer as server-sent events, in its time, up to the fault if there is one. Rejects when the caller hangs up. */
export async function streamAnswer(exchange: Exchange, answer: PreparedAnswer, includeUsage: boolean): Promise<void> {
  const { frame, choices, usage, pace, line } = answer;
  const pieces = pieceCount(choices);
  const lastPiece = piecesBeforeFault(answer.fault, pieces);
  exchange.response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  exchange.response.flushHeaders();
  await pause(pace.firstTokenMs, exchange.hungUp);
  const dueInMs = metronome(pace);
  let sent = 0;
  let unsent = "";
  const flush = async () => {
    const text = unsent;
    unsent = "";
    if (text !== "") await write(exchange, text);
    line.completionTokens = Math.round((usage.completionTokens * sent) / Math.max(1, pieces));
  };
  for (const { body, isPiece } of streamedCompletion(frame, choices, includeUsage ? usage : undefined)) {
    if (sent >= lastPiece) {
      await flush();
      return strike(exchange, answer);
    }
    const waitMs = isPiece ? dueInMs(sent) : 0;
    if (waitMs > 0 || unsent.length > flushLength) await flush();
    await pause(waitMs, exchange.hungUp);
    unsent += eventOf(body);
    if (isPiece) sent++;
  }
  await flush();
  line.completed = true;
  exchange.response.end("data: [DONE]\n\n");
}

/** Pieces that go out before a fault strikes. */
function piecesBeforeFault(fault: Fault | undefined, pieces: number): number {
  if (fault === undefined || fault.kind === "slow") return Number.POSITIVE_INFINITY;
  return ("afterChunks" in fault ? fault.afterChunks : undefined) ?? Math.floor(pieces / 2);
}

async function strike(exchange: Exchange, { fault }: PreparedAnswer): Promise<void> {
  const { response } = exchange;
  switch (fault?.kind) {
    case "cut":
      return breakOff(exchange, ": cut\n\n");
    case "stall":
      return untilHungUp(exchange);
    case "malformed":
      return void response.end('data: {"choices":[{"index":0,"delta":{"con\n\n');
    case "error_event":
      return void response.end(eventOf(faultError(500).body));
    default:
      return void response.end();
  }
}
