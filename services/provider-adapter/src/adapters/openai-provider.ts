import type { Config } from "@switchyard/config";
import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import type { Clock, Provider, Target } from "../ports.ts";
import { answerWithKeys, askWithKeys, type KeyUse } from "./ask-with-keys.ts";
import { isObject, type JsonObject } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { askStream, askWhole, readChunks } from "./openai-call.ts";
import { fromChunk } from "./openai-chunk.ts";
import { fromEmbeddingResponse, toEmbeddingBody } from "./openai-embedding.ts";
import { type ErrorSurroundings, errorInAnswer, toUpstreamError } from "./openai-error.ts";
import { type RequestOptions, toChatBody } from "./openai-request.ts";
import { fromChatResponse } from "./openai-response.ts";
import { connectUpstreams, type Upstream } from "./openai-upstreams.ts";

export interface OpenAiProvider extends Provider {
  /** Closes every connection at once. */
  close(): Promise<void>;
}

/** The configured providers, all spoken to in OpenAI's API through its SDK, which neither retries nor keeps time here. */
export function createOpenAiProvider(providers: Config["providers"], clock: Clock): OpenAiProvider {
  const upstreams = connectUpstreams(providers);
  const reach = (target: Target): Upstream => {
    const upstream = upstreams.get(target.provider);
    if (upstream === undefined) throw new Error(`no provider "${target.provider}" in the configuration`);
    return upstream;
  };
  return {
    complete(target, chat, signal, usesKey) {
      const upstream = reach(target);
      const body = toChatBody(chat, optionsOf(target, upstream, false));
      return answerWithKeys(upstream, clock, { signal, usesKey }, async ({ client }, surroundings) =>
        fromChatResponse(checked(await askWhole(client, "/chat/completions", body, signal), surroundings)),
      );
    },
    stream(target, chat, signal, usesKey) {
      const upstream = reach(target);
      return streamed(upstream, clock, toChatBody(chat, optionsOf(target, upstream, true)), { signal, usesKey });
    },
    embed(target, embedding, signal, usesKey) {
      const body = toEmbeddingBody(embedding, target.upstreamModel);
      const inputCount = embedding.texts.length || embedding.tokenLists.length;
      return answerWithKeys(reach(target), clock, { signal, usesKey }, async ({ client }, surroundings) =>
        fromEmbeddingResponse(checked(await askWhole(client, "/embeddings", body, signal), surroundings), inputCount),
      );
    },
    async close() {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
    },
  };
}

function optionsOf(target: Target, { maxTokensField, prefill }: Upstream, stream: boolean): RequestOptions {
  return { model: target.upstreamModel, stream, maxTokensField, prefill: target.canPrefill ? prefill : undefined };
}

async function* streamed(upstream: Upstream, clock: Clock, body: JsonObject, use: KeyUse) {
  const asked = await askWithKeys(upstream, clock, use, ({ client }, surroundings) =>
    askStream(client, "/chat/completions", body, use.signal, (answer) => checked(answer, surroundings)),
  );
  // A stream that is cancelled while nobody reads it does not get to its end below.
  use.signal.addEventListener("abort", asked.release, { once: true });
  try {
    for await (const chunk of readChunks(asked.answer, use.signal, asked.surroundings))
      yield fromChunk(chunk) satisfies ChatChunk;
  } catch (error) {
    throw toUpstreamError(error, { ...asked.surroundings, epochMs: clock.epochMs() });
  } finally {
    asked.release();
  }
}

/** Some providers answer 200 with an error in it. */
function checked(answer: unknown, surroundings: ErrorSurroundings): unknown {
  if (!isObject(answer)) throw new MalformedAnswer("is not a JSON object");
  if (answer.error && answer.choices === undefined && answer.data === undefined) {
    throw errorInAnswer(answer, surroundings);
  }
  return answer;
}
