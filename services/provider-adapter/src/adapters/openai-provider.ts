import type { Config } from "@switchyard/config";
import type { ChatChunk } from "@switchyard/contracts/vocabulary/chat";
import type { RpcError } from "@switchyard/rpc";
import type { OpenAI } from "openai";
import type { Stream } from "openai/streaming";
import type { Clock, Provider, Target } from "../ports.ts";
import { isObject, type JsonObject } from "./json-fields.ts";
import { MalformedAnswer } from "./malformed-answer.ts";
import { fromChunk } from "./openai-chunk.ts";
import { fromEmbeddingResponse, toEmbeddingBody } from "./openai-embedding.ts";
import { type ErrorSurroundings, errorInAnswer, toUpstreamError } from "./openai-error.ts";
import { type RequestOptions, toChatBody } from "./openai-request.ts";
import { fromChatResponse } from "./openai-response.ts";
import { connectUpstreams, type KeyedClient, type Upstream } from "./openai-upstreams.ts";

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
    complete(target, chat, signal) {
      const upstream = reach(target);
      const body = toChatBody(chat, optionsOf(target, upstream, false));
      return withKeys(upstream, clock, async ({ client }, surroundings) =>
        fromChatResponse(checked(await post(client, "/chat/completions", body, signal), surroundings)),
      );
    },
    stream(target, chat, signal) {
      const upstream = reach(target);
      return streamed(upstream, clock, toChatBody(chat, optionsOf(target, upstream, true)), signal);
    },
    embed(target, embedding, signal) {
      const body = toEmbeddingBody(embedding, target.upstreamModel);
      const inputCount = embedding.texts.length || embedding.tokenLists.length;
      return withKeys(reach(target), clock, async ({ client }, surroundings) =>
        fromEmbeddingResponse(checked(await post(client, "/embeddings", body, signal), surroundings), inputCount),
      );
    },
    async close() {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
    },
  };
}

function optionsOf(target: Target, { maxTokensField }: Upstream, stream: boolean): RequestOptions {
  return { model: target.upstreamModel, stream, maxTokensField };
}

// The SDK's own methods for these paths look at every value while they serialize, and copy every chunk.
const post = (client: OpenAI, path: string, body: JsonObject, signal: AbortSignal): Promise<unknown> =>
  client.post(path, { body, signal });

/** Throws the error that some providers send as one JSON object with status 200, though a stream was asked for. */
async function postStream(
  client: OpenAI,
  body: JsonObject,
  signal: AbortSignal,
  surroundings: ErrorSurroundings,
): Promise<Stream<unknown>> {
  const asked = client.post<Stream<unknown>>("/chat/completions", { body, stream: true, signal });
  const { data, response } = await asked.withResponse();
  if (!/^application\/([^;]*\+)?json/i.test(response.headers.get("content-type") ?? "")) return data;
  checked(await response.json(), surroundings);
  throw new MalformedAnswer("is no stream, though one was asked for");
}

async function* streamed(upstream: Upstream, clock: Clock, body: JsonObject, signal: AbortSignal) {
  const { stream, surroundings } = await withKeys(upstream, clock, async ({ client }, surroundings) => ({
    stream: await postStream(client, body, signal, surroundings),
    surroundings,
  }));
  try {
    for await (const chunk of stream) yield fromChunk(chunk) satisfies ChatChunk;
  } catch (error) {
    throw toUpstreamError(error, { ...surroundings, epochMs: clock.epochMs() });
  }
}

/** Asks with the keys in turn. A key that the provider refuses costs the request nothing but the next key's try. */
async function withKeys<T>(
  upstream: Upstream,
  clock: Clock,
  ask: (key: KeyedClient, surroundings: ErrorSurroundings) => Promise<T>,
): Promise<T> {
  let refusal: RpcError | undefined;
  for (const key of upstream.keys.inTurn(clock.monotonicMs())) {
    const surroundings = { provider: upstream.provider, apiKey: key.apiKey, epochMs: clock.epochMs() };
    try {
      return await ask(key, surroundings);
    } catch (error) {
      refusal = toUpstreamError(error, { ...surroundings, epochMs: clock.epochMs() });
      if (refusal.reason !== "UPSTREAM_AUTHENTICATION") break;
      upstream.keys.refused(key, clock.monotonicMs());
    }
  }
  throw refusal;
}

/** Some providers answer 200 with an error in it. */
function checked(answer: unknown, surroundings: ErrorSurroundings): unknown {
  if (!isObject(answer)) throw new MalformedAnswer("is not a JSON object");
  if (answer.error && answer.choices === undefined && answer.data === undefined) {
    throw errorInAnswer(answer, surroundings);
  }
  return answer;
}
