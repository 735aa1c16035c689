import type { FastifyInstance } from "fastify";
import { stringField } from "../openai/fields.ts";
import { callerWishes } from "../routing/hints.ts";
import { exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { readJsonObject } from "./json-body.ts";

const route = "/v1/switchyard/cache/report-bad-hit";

/** `POST /v1/switchyard/cache/report-bad-hit`: says that a stored answer was wrong, by the `cache_entry_id` of its report. */
export function reportBadHit(app: FastifyInstance, gateway: Gateway): void {
  app.post(
    route,
    exchange(gateway, route, async ({ request, reply, options }) => {
      const body = await readJsonObject(request.raw, gateway.config.maxBodyBytes);
      const caller = callerWishes(request.headers, body.switchyard, "");
      const cacheEntryId = stringField(body, "cache_entry_id", "") ?? "";
      sendJson(reply, await gateway.router.reportBadHit({ cacheEntryId, caller }, options));
    }),
  );
}
