import type { FastifyInstance } from "fastify";

/** `GET /healthz`: the event loop turns. */
export function healthz(app: FastifyInstance): void {
  app.get("/healthz", async (_request, reply) => reply.type("text/plain").send("ok\n"));
}
