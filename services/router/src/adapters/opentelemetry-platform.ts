import {
  attribute,
  bindIterable,
  context,
  contextWith,
  failSpan,
  type Instruments,
  inSpan,
  type Span,
  startSpan,
} from "@switchyard/telemetry";
import type { Answer } from "../domain/answer.ts";
import type { Embedded, IncomingEmbedding } from "../domain/embed.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Incoming } from "../domain/request.ts";

/** Makes one span of a whole request, streams to their end included, and counts the requests that are refused. */
export function tracedComplete(
  complete: (incoming: Incoming) => Promise<Answer>,
  instruments: Instruments,
): (incoming: Incoming) => Promise<Answer> {
  return async (incoming) => {
    const span = startSpan("complete", { attributes: { [attribute.genAiRequestModel]: incoming.chat.model } });
    const within = contextWith(span);
    try {
      const answer = await context.with(within, complete, undefined, incoming);
      if (answer.delivery.kind === "whole") {
        describe(span, answer);
        span.end();
        return answer;
      }
      if (!span.isRecording()) return answer;
      const pieces = bindIterable(within, answer.delivery.pieces);
      return { ...answer, delivery: { kind: "stream", pieces: endingWith(span, answer, pieces) } };
    } catch (error) {
      failSpan(span, error);
      span.end();
      // Requests that got as far as a provider are counted when they are over.
      if (error instanceof Refusal && error.details.attempts === undefined) countRefusal(instruments, error);
      throw error;
    }
  };
}

/** Makes one span of a request for vectors, and counts it. */
export function tracedEmbed(
  embed: (incoming: IncomingEmbedding) => Promise<Embedded>,
  instruments: Instruments,
): (incoming: IncomingEmbedding) => Promise<Embedded> {
  return (incoming) =>
    inSpan("embed", { attributes: { [attribute.genAiRequestModel]: incoming.embedding.model } }, async () => {
      try {
        const embedded = await embed(incoming);
        const { model, costUsdNanos } = embedded.routing;
        instruments.requests.add(1, { [attribute.model]: model, [attribute.outcome]: "ok" });
        instruments.cost.add(Number(costUsdNanos) / 1e9, { [attribute.model]: model });
        return embedded;
      } catch (error) {
        if (error instanceof Refusal) countRefusal(instruments, error);
        throw error;
      }
    });
}

const countRefusal = (instruments: Instruments, { reason }: Refusal) =>
  instruments.requests.add(1, { [attribute.outcome]: reason });

async function* endingWith<T>(span: Span, answer: Answer, pieces: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* pieces;
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    describe(span, answer);
    span.end();
  }
}

function describe(span: Span, { routing }: Answer): void {
  if (!span.isRecording()) return;
  const report = routing();
  span.setAttributes({
    [attribute.requestId]: report.requestId,
    [attribute.model]: report.model,
    [attribute.tier]: report.tier.slice("TIER_".length).toLowerCase(),
    [attribute.cacheVerdict]: report.cacheVerdict.slice("CACHE_VERDICT_".length).toLowerCase(),
    [attribute.costUsdNanos]: Number(report.costUsdNanos),
    [attribute.baselineCostUsdNanos]: Number(report.baselineCostUsdNanos),
    [attribute.reason]: report.reason,
  });
}
