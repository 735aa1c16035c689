import type { FastifyInstance } from "fastify";
import { chatFrom } from "../openai/request.ts";
import { chatCompletionJson } from "../openai/response.ts";
import { chatWishes } from "../routing/hints.ts";
import { reportJson } from "../routing/report.ts";
import { reportHeaders } from "../routing/report-headers.ts";
import { type Exchange, exchange, sendJson } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";
import { readJsonObject } from "./json-body.ts";
import { streamChat } from "./stream-chat.ts";

const route = "/v1/chat/completions";

/** `POST /v1/chat/completions`: a chat request, answered as a whole or as a stream of server-sent events. */
export function chatCompletions(app: FastifyInstance, gateway: Gateway): void {
  app.post(
    route,
    exchange(gateway, route, (exchanged) => complete(gateway, exchanged)),
  );
}

async function complete(gateway: Gateway, exchanged: Exchange): Promise<void> {
  const { request, reply, options, sentNames } = exchanged;
  const body = await readJsonObject(request.raw, gateway.config.maxBodyBytes);
  const asked = chatFrom(body);
  sentNames.max_tokens = asked.maxTokensField;
  const message = {
    chat: asked.chat,
    ...chatWishes(request.headers, body.switchyard, asked.user),
    idempotencyKey: idempotencyKeyOf(request.headers),
  };
  if (asked.isStreamed) return await streamChat(gateway, exchanged, message, asked.includesUsage);
  const { response, routing } = await gateway.router.complete(message, options);
  if (response === undefined) throw new Error("the router answered without a response");
  if (routing !== undefined) reply.headers(reportHeaders(routing));
  sendJson(reply, chatCompletionJson(response, routing && reportJson(routing)));
}
