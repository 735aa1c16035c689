import type { FastifyInstance, FastifyReply } from "fastify";
import { type ErrorAnswer, httpErrorAnswer } from "../openai/error.ts";
import { sendJson } from "./exchange.ts";

const methodsByPath: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "POST",
  "/v1/embeddings": "POST",
  "/v1/switchyard/cache/invalidate": "POST",
  "/v1/switchyard/cache/report-bad-hit": "POST",
  "/v1/switchyard/outcomes": "POST",
  "/v1/models": "GET",
  "/v1/models/*": "GET",
  "/healthz": "GET",
  "/readyz": "GET",
  "/metrics": "GET",
};

/** Answers what no route answers: 405 where the path is known, else 404, and 400 where fastify cannot read the request. */
export function unknownRoutes(app: FastifyInstance): void {
  for (const [url, allowed] of Object.entries(methodsByPath)) {
    const others = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter(
      (method) => method !== allowed && !(allowed === "GET" && method === "HEAD"),
    );
    app.route({
      method: others,
      url,
      handler: (request, reply) =>
        sendAnswer(
          reply,
          httpErrorAnswer(405, "method_not_allowed", `${request.method} is not supported here; use ${allowed}`, {
            allow: allowed,
          }),
        ),
    });
  }
  app.setNotFoundHandler((request, reply) =>
    sendAnswer(
      reply,
      httpErrorAnswer(404, "unknown_url", `there is nothing at ${request.method} ${pathOf(request.url)}`),
    ),
  );
}

/** Sends an error that came about before any route. */
export function sendAnswer(reply: FastifyReply, answer: ErrorAnswer): FastifyReply {
  sendJson(reply.code(answer.status).headers(answer.headers), answer.body);
  return reply;
}

/** Without the query, which may hold what is nobody's business. */
const pathOf = (url: string) => url.split("?", 1)[0];
