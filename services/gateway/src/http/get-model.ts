import { RpcError, Status } from "@switchyard/rpc";
import type { FastifyInstance } from "fastify";
import { modelListJson } from "../openai/models.ts";
import { exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";

const route = "/v1/models/{id}";

/** `GET /v1/models/{id}`: one model. An id may hold slashes, escaped or not. */
export function getModel(app: FastifyInstance, gateway: Gateway): void {
  app.get(
    "/v1/models/*",
    exchange(gateway, route, async ({ request, reply, options }) => {
      const { "*": id } = request.params as { readonly "*": string };
      const { models } = await gateway.router.listModels({}, options);
      const model = modelListJson(models).data.find((entry) => entry.id === id);
      if (model === undefined) throw unknownModel(id);
      sendJson(reply, model);
    }),
  );
}

const unknownModel = (model: string) =>
  new RpcError({
    code: Status.NOT_FOUND,
    reason: "UNKNOWN_MODEL",
    message: `there is no model "${model}"`,
    metadata: { model },
  });
