import { attribute, bindIterable, contextWith, failSpan, inSpan, span, startSpan } from "@switchyard/telemetry";
import type { ModelDeployment } from "../domain/catalogue.ts";
import type { Provider } from "../ports.ts";

/** A provider whose every attempt is a span. */
export function tracedProvider(provider: Provider): Provider {
  const attributes = ({ model, provider }: ModelDeployment) => ({
    [attribute.model]: model,
    [attribute.provider]: provider,
  });
  return {
    complete: (at, chat, patience) =>
      inSpan(span.attempt, { attributes: attributes(at) }, () => provider.complete(at, chat, patience)),
    embed: (at, embedding, patience) =>
      inSpan(span.attempt, { attributes: attributes(at) }, () => provider.embed(at, embedding, patience)),
    stream: (at, chat, patience) => {
      const attempt = startSpan(span.attempt, { attributes: attributes(at) });
      const chunks = bindIterable(contextWith(attempt), provider.stream(at, chat, patience));
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
