import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { StreamCompleteRequest } from "@switchyard/contracts/router/v1/router";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { RpcError, Status } from "@switchyard/rpc";
import { bindIterable } from "@switchyard/telemetry";
import { chunkSequence } from "../openai/chunk-sequence.ts";
import { errorAnswerOf } from "../openai/error.ts";
import { continuationJson, reportJson } from "../routing/report.ts";
import { decisionHeaders } from "../routing/report-headers.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";

/** How long a caller gets to hang up by itself after it was told that its stream broke off, in milliseconds. */
const hangUpMs = 250;

/**
 * Answers a chat request with server-sent events. Nothing is sent before the first chunk, so an error until then is an
 * ordinary answer; one after it ends the stream with an error event and a cut connection, never with `[DONE]`.
 */
export async function streamChat(
  { router }: Gateway,
  { reply, options, within }: Exchange,
  request: StreamCompleteRequest,
  includesUsage: boolean,
): Promise<void> {
  const { signal } = options;
  const response = reply.raw;
  const sequence = chunkSequence(includesUsage);
  let report: RoutingReport | undefined;
  let isBegun = false;
  try {
    for await (const { chunk, routing } of bindIterable(within, router.streamComplete(request, options))) {
      const news = routing?.continuations.slice(report?.continuations.length) ?? [];
      report = routing ?? report;
      for (const json of news.flatMap((one) => sequence.news({ continuation: continuationJson(one) }))) {
        await write(response, event(json), signal);
      }
      if (chunk === undefined) continue;
      if (!isBegun) begin(reply, report);
      isBegun = true;
      for (const json of sequence.push(chunk)) await write(response, event(json), signal);
    }
    if (!isBegun) throw withoutAnswer();
    const counted = report?.attempts.findLast(({ outcome }) => outcome === "ok")?.usage;
    const rest = sequence
      .finish(report && reportJson(report), counted)
      .map(event)
      .join("");
    response.end(`${rest}data: [DONE]\n\n`);
  } catch (error) {
    if (isBegun) breakOff(response, error);
    throw error;
  }
}

const event = (json: object) => `data: ${JSON.stringify(json)}\n\n`;

function begin(reply: Exchange["reply"], report: RoutingReport | undefined): void {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(report && decisionHeaders(report)),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
  });
}

/** Writes, and waits while the caller reads more slowly than the model writes. */
async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text)) return;
  try {
    await once(response, "drain", { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

/**
 * Tells the caller in the stream, then cuts the connection without the mark that ends a body, so that no reader takes the
 * answer for whole. A moment lies between: a cut at once could overtake the words.
 */
function breakOff(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const fault =
    error instanceof RpcError
      ? error
      : new RpcError({ code: Status.INTERNAL, reason: "INTERNAL", message: "internal error" });
  response.write(event(errorAnswerOf(fault).body));
  const cut = setTimeout(() => response.destroy(), hangUpMs);
  response.once("close", () => clearTimeout(cut));
}

const withoutAnswer = () =>
  new RpcError({
    code: Status.UNAVAILABLE,
    reason: "UPSTREAM_BROKEN_ANSWER",
    message: "the stream ended before its first chunk",
  });
