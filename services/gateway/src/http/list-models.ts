import type { FastifyInstance } from "fastify";
import { modelListJson } from "../openai/models.ts";
import { exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";

const route = "/v1/models";

/** `GET /v1/models`: everything that can be asked for. */
export function listModels(app: FastifyInstance, gateway: Gateway): void {
  app.get(
    route,
    exchange(gateway, route, async ({ reply, options }) => {
      const { models } = await gateway.router.listModels({}, options);
      sendJson(reply, modelListJson(models));
    }),
  );
}
