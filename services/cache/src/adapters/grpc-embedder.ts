import type { ProviderServiceDefinition } from "@switchyard/contracts/provider/v1/provider";
import { Attempt } from "@switchyard/contracts/type/v1/routing";
import type { Client } from "@switchyard/rpc";
import type { Embedder } from "../ports.ts";

/** A model of the catalogue that makes vectors. */
export interface EmbeddingModel {
  /** Its id. */
  readonly id: string;
  /** USD per million input tokens. */
  readonly inputPrice: number;
  /** Tokens of a text, where the provider does not count them. */
  readonly estimateTokens: (text: string) => number;
  /** A clock that never goes back, in milliseconds. */
  readonly monotonicMs: () => number;
}

const nanosPerMillionth = 1_000;

/** The embeddings of a provider, through the provider-adapter service. Makes one attempt; rejects where it fails. */
export function grpcEmbedder(client: Client<ProviderServiceDefinition>, model: EmbeddingModel): Embedder {
  return {
    version: `provider:${model.id}`,
    async embed(texts, { signal, deadline }) {
      const startedMs = model.monotonicMs();
      const embedding = { model: model.id, texts: [...texts], tokenLists: [], dimensions: undefined, extraJson: "" };
      const { response, provider } = await client.embed(
        { model: model.id, embedding, provider: "" },
        { signal, deadline },
      );
      if (response?.embeddings.length !== texts.length)
        throw new Error("the provider gave not one vector for each text");
      const isReported = response.inputTokens > 0n;
      const tokens = isReported
        ? Number(response.inputTokens)
        : texts.reduce((sum, text) => sum + model.estimateTokens(text), 0);
      const attempt = Attempt.create({
        model: model.id,
        provider,
        outcome: "ok",
        durationUs: BigInt(Math.round((model.monotonicMs() - startedMs) * 1_000)),
        usage: { inputTokens: BigInt(tokens) },
        usageEstimated: !isReported,
        costUsdNanos: BigInt(Math.ceil(tokens * model.inputPrice * nanosPerMillionth)),
      });
      return { vectors: response.embeddings.map(({ values }) => unit(values)), attempt };
    },
  };
}

/** Scaled to length one; all zeros where that cannot be, so that no text is ever like it. */
function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  if (!(length > 0 && Number.isFinite(length))) return new Float32Array(values.length);
  return Float32Array.from(values, (value) => value / length);
}
