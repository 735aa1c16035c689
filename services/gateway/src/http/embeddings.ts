import type { FastifyInstance } from "fastify";
import { embeddingFrom, embeddingListJson } from "../openai/embeddings.ts";
import { callerWishes } from "../routing/hints.ts";
import { reportJson } from "../routing/report.ts";
import { reportHeaders } from "../routing/report-headers.ts";
import { exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { readJsonObject } from "./json-body.ts";

const route = "/v1/embeddings";

/** `POST /v1/embeddings`: texts as vectors. */
export function embeddings(app: FastifyInstance, gateway: Gateway): void {
  app.post(
    route,
    exchange(gateway, route, async ({ request, reply, options }) => {
      const body = await readJsonObject(request.raw, gateway.config.maxBodyBytes);
      const { embedding, encoding, user } = embeddingFrom(body);
      const caller = callerWishes(request.headers, body.switchyard, user);
      const { response, routing } = await gateway.router.embed({ embedding, caller }, options);
      if (response === undefined) throw new Error("the router answered without a response");
      if (routing !== undefined) reply.headers(reportHeaders(routing));
      sendJson(reply, embeddingListJson(response, encoding, routing && reportJson(routing)));
    }),
  );
}
