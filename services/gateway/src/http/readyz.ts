import type { FastifyInstance } from "fastify";
import type { Gateway } from "./gateway.ts";

/** `GET /readyz`: traffic is welcome. */
export function readyz(app: FastifyInstance, { isReady, inFlight }: Gateway): void {
  app.get("/readyz", async (_request, reply) => {
    const welcome = !inFlight.isLeaving && isReady();
    return reply
      .code(welcome ? 200 : 503)
      .type("text/plain")
      .send(welcome ? "ok\n" : "not ready\n");
  });
}
