import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "@switchyard/config";
import type { RouterServiceDefinition } from "@switchyard/contracts/router/v1/router";
import { type AppContext, type Client, splitAddress } from "@switchyard/rpc";
import { type FastifyError, fastify } from "fastify";
import { chatCompletions } from "./http/chat-completions.ts";
import { embeddings } from "./http/embeddings.ts";
import type { Gateway } from "./http/gateway.ts";
import { getModel } from "./http/get-model.ts";
import { healthz } from "./http/healthz.ts";
import { noneInFlight } from "./http/in-flight.ts";
import { invalidateCache } from "./http/invalidate-cache.ts";
import { listModels } from "./http/list-models.ts";
import { metrics } from "./http/metrics.ts";
import { readyz } from "./http/readyz.ts";
import { recordOutcome } from "./http/record-outcome.ts";
import { reportBadHit } from "./http/report-bad-hit.ts";
import { sendAnswer, unknownRoutes } from "./http/unknown-routes.ts";
import { httpErrorAnswer } from "./openai/error.ts";

/** What the gateway needs from outside. */
export interface GatewayPeers {
  readonly router: Client<typeof RouterServiceDefinition>;
  /** Answers a Prometheus scrape. */
  readonly scrape: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether what stands behind the gateway can be reached. */
  readonly ready: () => boolean;
}

/** A gateway that listens. */
export interface GatewayApp {
  /** `http://127.0.0.1:8080`, with the port as bound. */
  readonly url: string;
  /**
   * Says not ready and serves on for `noticeMs`, ending each connection with its answer; then takes no new connection, and lets
   * requests in flight and on connections that are there end. After `patienceMs` they are aborted.
   */
  drain(patienceMs: number, noticeMs?: number): Promise<void>;
  /** Stops listening and cuts what connections are left. */
  close(): Promise<void>;
}

/**
 * A stream that began before the notice could not say that its connection ends, so its caller may use that once more: how long to wait
 * for that, in milliseconds.
 */
const lingerMs = 200;

/** How long a caller may take to send a request, in milliseconds. */
const receiveTimeoutMs = 300_000;

/** Builds the gateway and listens at `config.gateway.listen`. Rejects if that address cannot be had. */
export async function createGatewayApp(config: Config, context: AppContext, peers: GatewayPeers): Promise<GatewayApp> {
  const gateway: Gateway = {
    config: config.gateway,
    hasKeys: config.apiKeys.length > 0,
    logger: context.logger,
    router: peers.router,
    scrape: peers.scrape,
    isReady: peers.ready,
    inFlight: noneInFlight(),
  };
  const app = server(gateway);
  const [host, port] = splitAddress(config.gateway.listen);
  await app.listen({ host: host.replace(/^\[|\]$/g, ""), port });
  const bound = (app.server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}`,
    async drain(patienceMs, noticeMs = 0) {
      gateway.inFlight.leave();
      if (noticeMs > 0) await sleep(noticeMs);
      app.server.close();
      await gateway.inFlight.drain(patienceMs, noticeMs > 0 ? lingerMs : 0);
    },
    close: () => app.close(),
  };
}

function server(gateway: Gateway) {
  const badRequest = (message: string) => httpErrorAnswer(400, "bad_request", message);
  const app = fastify({
    genReqId: () => randomUUID(),
    requestTimeout: receiveTimeoutMs,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => void sendAnswer(reply, badRequest(error.message)),
  });
  // Bodies are read where they are wanted; an unwanted one must not decide the answer.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendAnswer(reply, httpErrorAnswer(status, "bad_request", error.message));
    gateway.logger.error({ err: error }, "unforeseen error");
    return sendAnswer(reply, httpErrorAnswer(500, "internal", "internal error"));
  });
  app.addHook("onSend", async (_request, reply) => {
    if (gateway.inFlight.isLeaving) reply.header("connection", "close");
  });
  chatCompletions(app, gateway);
  embeddings(app, gateway);
  invalidateCache(app, gateway);
  reportBadHit(app, gateway);
  recordOutcome(app, gateway);
  listModels(app, gateway);
  getModel(app, gateway);
  healthz(app);
  readyz(app, gateway);
  metrics(app, gateway);
  unknownRoutes(app);
  return app;
}
