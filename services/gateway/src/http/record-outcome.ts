import { type OutcomeSource, RecordOutcomeRequest } from "@switchyard/contracts/router/v1/router";
import type { FastifyInstance } from "fastify";
import { booleanField, numberField, refuse, stringField } from "../openai/fields.ts";
import type { JsonObject } from "../openai/json.ts";
import { callerWishes } from "../routing/hints.ts";
import { taskNames, taskOf } from "../routing/names.ts";
import { exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { readJsonObject } from "./json-body.ts";

const route = "/v1/switchyard/outcomes";

/**
 * `POST /v1/switchyard/outcomes`: says how good an answer was, by the `request_id` of its report, or by `model` and `task` or
 * `prompt`; `good` or a `score`, and the `source` that says so.
 */
export function recordOutcome(app: FastifyInstance, gateway: Gateway): void {
  app.post(
    route,
    exchange(gateway, route, async ({ request, reply, options }) => {
      const body = await readJsonObject(request.raw, gateway.config.maxBodyBytes);
      const caller = callerWishes(request.headers, body.switchyard, "");
      const { recorded } = await gateway.router.recordOutcome({ ...outcomeFrom(body), caller }, options);
      sendJson(reply, { recorded });
    }),
  );
}

const fields = new Set(["request_id", "model", "task", "prompt", "good", "score", "source", "switchyard"]);
const sources: ReadonlyMap<string, OutcomeSource> = new Map([
  ["judge", "OUTCOME_SOURCE_JUDGE"],
  ["user", "OUTCOME_SOURCE_USER"],
  ["test", "OUTCOME_SOURCE_TEST"],
]);

/** A misspelt field would be learned from in another way than was meant. */
function outcomeFrom(body: JsonObject): RecordOutcomeRequest {
  const stranger = Object.keys(body).find((field) => !fields.has(field));
  if (stranger !== undefined) refuse(stranger, "is not known");
  const source = sources.get(stringField(body, "source", "") ?? "");
  return RecordOutcomeRequest.create({
    requestId: stringField(body, "request_id", "") ?? "",
    model: stringField(body, "model", "") ?? "",
    task: taskOf(taskIn(body)),
    prompt: stringField(body, "prompt", "") ?? "",
    verdict: verdictIn(body),
    source: source ?? refuse("source", `is required: one of ${[...sources.keys()].join(", ")}`),
  });
}

function taskIn(body: JsonObject) {
  const said = stringField(body, "task", "");
  const task = taskNames.find((name) => name === said);
  return said === undefined || task ? task : refuse("task", `must be one of ${taskNames.join(", ")}`);
}

function verdictIn(body: JsonObject): RecordOutcomeRequest["verdict"] {
  const good = booleanField(body, "good", "");
  const score = numberField(body, "score", "");
  if ((good === undefined) === (score === undefined)) refuse("good", "or score is required, one of them");
  if (good !== undefined) return { $case: "good", value: good };
  if (score === undefined || score < 0 || score > 1) return refuse("score", "must be from 0 to 1");
  return { $case: "score", value: score };
}
