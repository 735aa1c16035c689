import type { Logprobs, TokenLogprob } from "@switchyard/contracts/vocabulary/chat";
import { isObject, type JsonObject, textOf } from "./json-fields.ts";

const noBytes = Buffer.alloc(0);

/** Log-probabilities of a choice; undefined where none came. */
export function fromLogprobs(logprobs: unknown): Logprobs | undefined {
  if (!isObject(logprobs)) return undefined;
  return { content: tokensOf(logprobs.content), refusal: tokensOf(logprobs.refusal) };
}

const tokensOf = (tokens: unknown): TokenLogprob[] =>
  Array.isArray(tokens) ? tokens.filter(isObject).map(fromToken) : [];

function fromToken(token: JsonObject): TokenLogprob {
  return {
    token: textOf(token.token),
    logprob: typeof token.logprob === "number" ? token.logprob : 0,
    utf8: Array.isArray(token.bytes) ? Buffer.from(token.bytes) : noBytes,
    topLogprobs: tokensOf(token.top_logprobs),
  };
}
