import type { Embedder as TextEmbedder } from "@switchyard/text";
import type { Embedder } from "../ports.ts";

/** The embedder that ships with the platform: no key, no cost, well under a millisecond a text. */
export function builtinEmbedder(embedder: TextEmbedder): Embedder {
  return {
    version: `builtin:${embedder.version}`,
    embed: async (texts) => ({ vectors: texts.map(embedder.embed), attempt: undefined }),
  };
}
