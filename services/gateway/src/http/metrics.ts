import type { FastifyInstance } from "fastify";
import type { Gateway } from "./gateway.ts";

/** `GET /metrics`: a Prometheus scrape. */
export function metrics(app: FastifyInstance, { scrape }: Gateway): void {
  app.get("/metrics", (request, reply) => {
    reply.hijack();
    scrape(request.raw, reply.raw);
  });
}
