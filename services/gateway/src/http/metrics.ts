import type { FastifyInstance } from "fastify";
import { httpErrorAnswer } from "../openai/error.ts";
import { senderOf, strangeness } from "./access.ts";
import type { Gateway } from "./gateway.ts";
import { sendAnswer } from "./unknown-routes.ts";

/** `GET /metrics`: a Prometheus scrape, for callers on this machine only, since it tells of every tenant. */
export function metrics(app: FastifyInstance, { scrape }: Gateway): void {
  app.get("/metrics", (request, reply) => {
    const strange = strangeness(senderOf(request.raw));
    if (strange !== undefined)
      return void sendAnswer(reply, httpErrorAnswer(403, "permission_denied", refusal(strange)));
    reply.hijack();
    scrape(request.raw, reply.raw);
  });
}

const refusal = (strange: string) =>
  `metrics are shown here to callers on this machine only, but ${strange}; scrape the address of gateway.adminListen`;
