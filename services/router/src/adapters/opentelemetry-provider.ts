import { attribute, bindIterable, contextWith, failSpan, inSpan, span, startSpan } from "@switchyard/telemetry";
import type { Provider } from "../ports.ts";

/** A provider whose every attempt is a span. */
export function tracedProvider(provider: Provider): Provider {
  const attributes = (model: string) => ({ [attribute.model]: model });
  return {
    complete: (model, chat, patience) =>
      inSpan(span.attempt, { attributes: attributes(model) }, () => provider.complete(model, chat, patience)),
    embed: (model, embedding, patience) =>
      inSpan(span.attempt, { attributes: attributes(model) }, () => provider.embed(model, embedding, patience)),
    stream: (model, chat, patience) => {
      const attempt = startSpan(span.attempt, { attributes: attributes(model) });
      const chunks = bindIterable(contextWith(attempt), provider.stream(model, chat, patience));
      return (async function* () {
        try {
          yield* chunks;
        } catch (error) {
          failSpan(attempt, error);
          throw error;
        } finally {
          attempt.end();
        }
      })();
    },
  };
}
