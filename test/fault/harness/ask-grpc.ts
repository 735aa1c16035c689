import { CompleteRequest, StreamCompleteRequest } from "@switchyard/contracts/router/v1/router";
import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { Metadata, RpcError } from "@switchyard/rpc";
import type { TestNetwork } from "@switchyard/test-e2e/network";
import { keys } from "@switchyard/test-e2e/network/config";
import { type Heard, type HeardReport, type Hearing, nothingHeard, type Question } from "./heard.ts";

/** Asks over gRPC and listens until the call is over. */
export async function askGrpc({ router }: TestNetwork, question: Question, isStreamed: boolean): Promise<Heard> {
  const heard = nothingHeard();
  const { signal, traceId, deadlineMs } = question;
  const metadata = Metadata({
    authorization: `Bearer ${keys.acme}`,
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  });
  const options = { metadata, signal, deadline: Date.now() + deadlineMs };
  try {
    if (isStreamed) {
      const request = StreamCompleteRequest.fromPartial(messageOf(question));
      for await (const { chunk, routing } of router.streamComplete(request, options)) {
        const choice = chunk?.choices[0];
        heard.announcedModel ??= routing?.model;
        // The last message has no chunk either, but comes after the end of the choice.
        if (!chunk && routing && heard.finishReason === undefined) heard.newsAt = [...heard.newsAt, heard.text.length];
        heard.answeringModel = chunk?.model || heard.answeringModel;
        hear(heard, question, choice?.delta?.content, choice?.finishReason, chunk?.usage, routing);
      }
    } else {
      const { response, routing } = await router.complete(CompleteRequest.fromPartial(messageOf(question)), options);
      const choice = response?.choices[0];
      heard.announcedModel = routing?.model;
      heard.answeringModel = response?.model;
      const part = choice?.message?.content[0]?.part;
      const text = part?.$case === "text" ? part.value : undefined;
      hear(heard, question, text, choice?.finishReason, response?.usage, routing);
    }
    heard.hasEndedCleanly = true;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { reason, code: status, message, metadata, retryDelayMs: retryAfterMs } = error;
    heard.error = { reason, status, message, metadata, retryAfterMs };
  }
  return heard;
}

const messageOf = ({ model, text, feature }: Question) => ({
  chat: {
    model,
    messages: [{ role: "ROLE_USER" as const, content: [{ part: { $case: "text" as const, value: text } }] }],
  },
  caller: { feature },
});

function hear(
  heard: Hearing,
  { onText }: Question,
  text: string | undefined,
  finishReason: string | undefined,
  usage: Usage | undefined,
  routing: RoutingReport | undefined,
): void {
  heard.text += text ?? "";
  heard.finishReason = finishReason || heard.finishReason;
  heard.report = routing ? reportOf(routing) : heard.report;
  if (usage) heard.usage = { inputTokens: Number(usage.inputTokens), outputTokens: Number(usage.outputTokens) };
  if (text) onText(heard.text.length);
}

function reportOf({
  model,
  provider,
  cacheVerdict,
  attempts,
  costUsdNanos,
  continuations,
  passedOver,
}: RoutingReport): HeardReport {
  const cache =
    cacheVerdict === "CACHE_VERDICT_MISS" ? "miss" : cacheVerdict === "CACHE_VERDICT_EXACT_HIT" ? "hit" : "other";
  return {
    model,
    provider,
    cache,
    attempts,
    costUsdNanos,
    passedOver,
    continuations: continuations.map(({ fromModel, model, method, afterCharacters }) => ({
      from: fromModel,
      to: model,
      method,
      afterCharacters: Number(afterCharacters),
    })),
  };
}
