import type { Amount } from "../ports.ts";
import { priceOf } from "./catalogue.ts";
import type { Decision } from "./decide.ts";
import type { Prompt } from "./request.ts";

/** Room for the input estimate to be wrong by. */
const inputMargin = 1.15;

/** The most that a request can use: the dearest model of its chain, writing all it may. */
export function upperBound(prompt: Prompt, { chain }: Decision): Amount {
  const inputTokens = Math.ceil(prompt.inputTokens * inputMargin);
  const choices = prompt.chat.n ?? 1;
  let tokens = 0;
  let costUsdNanos = 0n;
  for (const { model, maxOutputTokens } of chain) {
    const outputTokens = maxOutputTokens * choices;
    const cost = priceOf(inputTokens, outputTokens, model.prices);
    tokens = Math.max(tokens, inputTokens + outputTokens);
    if (cost > costUsdNanos) costUsdNanos = cost;
  }
  return { tokens: BigInt(tokens), costUsdNanos };
}
