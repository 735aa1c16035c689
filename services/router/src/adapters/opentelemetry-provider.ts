import { attribute, bindIterable, contextWith, failSpan, inSpan, span, startSpan } from "@switchyard/telemetry";
import type { ModelDeployment } from "../domain/catalogue.ts";
import { AttemptFailure } from "../domain/dispatch/attempt-failure.ts";
import type { Patience } from "../domain/request.ts";
import type { Provider } from "../ports.ts";

/** A provider whose every attempt is a span, which says why the attempt was ended where the platform ended it. */
export function tracedProvider(provider: Provider): Provider {
  const attributes = ({ model, provider }: ModelDeployment) => ({
    [attribute.model]: model,
    [attribute.provider]: provider,
  });
  return {
    complete: (at, chat, patience) =>
      inSpan(span.attempt, { attributes: attributes(at) }, () =>
        provider.complete(at, chat, patience).catch(failFor(patience)),
      ),
    embed: (at, embedding, patience) =>
      inSpan(span.attempt, { attributes: attributes(at) }, () =>
        provider.embed(at, embedding, patience).catch(failFor(patience)),
      ),
    stream: (at, chat, patience) => {
      const attempt = startSpan(span.attempt, { attributes: attributes(at) });
      const chunks = bindIterable(contextWith(attempt), provider.stream(at, chat, patience));
      return (async function* () {
        try {
          yield* chunks;
        } catch (error) {
          const cause = causeOf(error, patience);
          failSpan(attempt, cause);
          throw cause;
        } finally {
          attempt.end();
        }
      })();
    },
  };
}

/** A call that the platform ended fails as a cancelled one, whatever it was ended for. */
const causeOf = (error: unknown, { signal }: Patience): unknown =>
  signal.reason instanceof AttemptFailure ? signal.reason : error;

const failFor = (patience: Patience) => (error: unknown) => {
  throw causeOf(error, patience);
};
