import type { FastifyInstance } from "fastify";
import { arrayField, booleanField, refuse, stringAt, stringField } from "../openai/fields.ts";
import type { JsonObject } from "../openai/json.ts";
import { callerWishes } from "../routing/hints.ts";
import { exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { readJsonObject } from "./json-body.ts";

const route = "/v1/switchyard/cache/invalidate";

/** `POST /v1/switchyard/cache/invalidate`: removes stored answers by `tags`, by `model` or, with `everything`, all of the tenant's. */
export function invalidateCache(app: FastifyInstance, gateway: Gateway): void {
  app.post(
    route,
    exchange(gateway, route, async ({ request, reply, options }) => {
      const body = await readJsonObject(request.raw, gateway.config.maxBodyBytes);
      const caller = callerWishes(request.headers, body.switchyard, "");
      const { removed } = await gateway.router.invalidateCache({ caller, ...removalFrom(body) }, options);
      sendJson(reply, { removed: Number(removed) });
    }),
  );
}

const fields = new Set(["tags", "model", "everything", "switchyard"]);

/** A misspelt field would remove more than was meant. */
function removalFrom(body: JsonObject) {
  const stranger = Object.keys(body).find((field) => !fields.has(field));
  if (stranger !== undefined) refuse(stranger, "is not known");
  return {
    tags: arrayField(body, "tags", "")?.map((tag, index) => stringAt(tag, `tags[${index}]`)) ?? [],
    model: stringField(body, "model", "") ?? "",
    everything: booleanField(body, "everything", "") ?? false,
  };
}
