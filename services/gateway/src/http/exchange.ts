import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { type CallOptions, cancelled, deadlineExceeded, Metadata, RpcError, Status } from "@switchyard/rpc";
import {
  attribute,
  type Context,
  context,
  contextWith,
  extractContext,
  failSpan,
  SpanKind,
  startSpan,
  traceIdOf,
} from "@switchyard/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ErrorAnswer, errorAnswerOf } from "../openai/error.ts";
import { refuseStrangers, senderOf } from "./access.ts";
import type { Gateway } from "./gateway.ts";
import { HttpRefusal } from "./http-refusal.ts";

/** One request on its way through the gateway. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What the caller's patience allows a call of the router: its deadline, its cancellation, its key. */
  readonly options: CallOptions & { readonly signal: AbortSignal };
  /** The trace context of the request; active already, but a stream must be bound to it. */
  readonly within: Context;
  /** Under which name a field of OpenAI's API was sent, where it has several. */
  readonly sentNames: Record<string, string>;
}

const headerGetter = {
  get: (headers: IncomingHttpHeaders, name: string) => headers[name]?.toString(),
  keys: (headers: IncomingHttpHeaders) => Object.keys(headers),
};

/**
 * A fastify handler that gives `work` what every request needs: a server span that continues the caller's trace, a deadline,
 * cancellation when the caller goes away, and an answer for whatever is thrown.
 */
export function exchange(gateway: Gateway, route: string, work: (exchange: Exchange) => Promise<void>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const parent = extractContext(request.headers, headerGetter);
    const span = startSpan(`${request.method} ${route}`, {
      kind: SpanKind.SERVER,
      parent,
      attributes: { [attribute.httpMethod]: request.method, [attribute.httpRoute]: route },
    });
    const within = contextWith(span, parent);
    const patience = patienceOf(gateway, reply.raw);
    const sentNames: Record<string, string> = {};
    let status: number | undefined;
    try {
      patience.begin();
      refuseStrangers(senderOf(request.raw), gateway.hasKeys);
      const { signal, deadline } = patience;
      const options = { signal, deadline, metadata: metadataOf(request.headers) };
      await context.with(within, work, undefined, { request, reply, options, within, sentNames });
    } catch (error) {
      const failure = answerFor(gateway, error, sentNames, within);
      const isBegun = reply.raw.headersSent;
      // What the caller got wrong is no failure of the server; a stream that broke off is one.
      if (failure.status >= 500 || (isBegun && failure.status !== 499)) failSpan(span, error);
      if (!isBegun) status = failure.status;
      if (!isBegun && !reply.raw.destroyed) sendError(reply, failure, request.id, traceIdOf(within));
    } finally {
      patience.end();
      span.setAttribute(attribute.httpStatusCode, status ?? reply.raw.statusCode);
      span.end();
    }
    return reply;
  };
}

/** How long a caller waits, and whether it still does. */
function patienceOf({ config, inFlight }: Gateway, response: ServerResponse) {
  const controller = new AbortController();
  const deadline = Date.now() + config.requestTimeoutMs;
  const timer = setTimeout(() => controller.abort(deadlineExceeded()), config.requestTimeoutMs);
  return {
    signal: controller.signal,
    deadline,
    begin() {
      inFlight.add(controller);
      response.once("close", () => {
        inFlight.remove(controller);
        if (!response.writableFinished) controller.abort(cancelled());
      });
    },
    end: () => clearTimeout(timer),
  };
}

/** What the router is told of the caller beside the request. */
function metadataOf({ authorization }: IncomingHttpHeaders): Metadata {
  if (authorization === undefined) return Metadata();
  // HTTP headers may hold bytes that gRPC metadata must not.
  if (/^[\x20-\x7e]*$/.test(authorization)) return Metadata({ authorization });
  throw new RpcError({
    code: Status.UNAUTHENTICATED,
    reason: "UNAUTHENTICATED",
    message: "the authorization header holds other characters than ASCII",
  });
}

function answerFor(
  { logger }: Gateway,
  error: unknown,
  sentNames: Readonly<Record<string, string>>,
  within: Context,
): ErrorAnswer {
  if (error instanceof HttpRefusal) return error.answer;
  if (error instanceof RpcError) {
    if (error.reason === "SERVICE_UNAVAILABLE" && error.cause !== undefined) {
      context.with(within, () => logger.warn({ err: error.cause }, "a service of the platform cannot be reached"));
    }
    return errorAnswerOf(error, sentNames);
  }
  context.with(within, () => logger.error({ err: error }, "unforeseen error"));
  return errorAnswerOf(new RpcError({ code: Status.INTERNAL, reason: "INTERNAL", message: "internal error" }));
}

function sendError(reply: FastifyReply, answer: ErrorAnswer, requestId: string, traceId: string): void {
  reply.code(answer.status).headers(answer.headers).header("x-request-id", requestId);
  if (traceId !== "") reply.header("x-switchyard-trace-id", traceId);
  sendJson(reply, answer.body);
}

/** Sends an object as JSON. */
export function sendJson(reply: FastifyReply, body: object): void {
  reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
}
