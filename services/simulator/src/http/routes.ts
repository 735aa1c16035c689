import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../domain/api-error.ts";
import { findModel, type SimulatedModel } from "../domain/catalogue.ts";
import { chatCompletions } from "./chat-completions.ts";
import { embeddings } from "./embeddings.ts";
import { type Exchange, openExchange, readJson, sendJson } from "./exchange.ts";
import type { Simulation } from "./simulation.ts";

/** Answers every request, also the ones that go wrong. */
export function answerWith(
  simulation: Simulation,
  onUnforeseen: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = openExchange(request, response);
    route(simulation, exchange).catch((error: unknown) => {
      if (exchange.hungUp.aborted) return;
      if (!(error instanceof ApiError)) onUnforeseen(error);
      answerError(exchange, error);
    });
  };
}

async function route(simulation: Simulation, exchange: Exchange): Promise<void> {
  const { method = "GET", url = "/" } = exchange.request;
  const path = url.split("?", 1)[0] ?? url;
  if (path === "/simulator/served") return sendJson(exchange, { object: "list", data: simulation.log.lines() });
  checkKey(exchange);
  if (method === "GET" && path === "/v1/models") {
    return sendJson(exchange, { object: "list", data: [...simulation.models.values()].map(describeModel) });
  }
  if (method === "GET" && path.startsWith("/v1/models/")) {
    const name = decodeURIComponent(path.slice("/v1/models/".length));
    return sendJson(exchange, describeModel(findModel(simulation.models, name)));
  }
  if (method === "POST" && path === "/v1/chat/completions") {
    return chatCompletions(simulation, exchange, await readJson(exchange));
  }
  if (method === "POST" && path === "/v1/embeddings") {
    return embeddings(simulation, exchange, await readJson(exchange));
  }
  throw new ApiError({ status: 404, message: `Unknown request URL: ${method} ${path}.`, code: "unknown_url" });
}

/** Any key will do, but there must be one. */
function checkKey({ request }: Exchange): void {
  if (/^Bearer \S+$/.test(request.headers.authorization ?? "")) return;
  throw new ApiError({
    status: 401,
    message: "You didn't provide an API key. Send it as 'Authorization: Bearer YOUR_KEY'.",
    code: "invalid_api_key",
  });
}

const describeModel = ({ name }: SimulatedModel) => ({
  id: name,
  object: "model",
  created: 1_767_225_600,
  owned_by: "switchyard-simulator",
});

function answerError(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  const { status, body, headers } =
    error instanceof ApiError
      ? error
      : new ApiError({ status: 500, message: "The simulator failed to answer.", type: "server_error" });
  // What is left of a body that was not read would be taken for the next request.
  sendJson(exchange, body, status, status === 413 ? { ...headers, connection: "close" } : headers);
}
