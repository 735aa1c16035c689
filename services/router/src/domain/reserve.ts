import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Amount, Budget } from "../ports.ts";
import type { Background } from "./background.ts";
import { priceOf } from "./catalogue.ts";
import type { Decision } from "./decide.ts";
import { Refusal } from "./refusal.ts";
import type { Patience, Prompt } from "./request.ts";

/** Room for the input estimate to be wrong by. */
const inputMargin = 1.15;

/** Input tokens to reserve for an estimate. */
export const withMargin = (inputTokens: number) => Math.ceil(inputTokens * inputMargin);

/** The most that a request can use: the dearest model of its chain, writing all it may. */
export function upperBound(prompt: Prompt, { chain }: Decision): Amount {
  const inputTokens = withMargin(prompt.inputTokens);
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

/** Sets an amount aside; where it is not known whether it was granted, it is given back. Throws Refusal. */
export async function reserve(
  { requestId, caller, signal, deadline }: { requestId: string; caller: Caller } & Patience,
  amount: Amount,
  budget: Budget,
  background: Background,
): Promise<void> {
  try {
    await budget.reserve(requestId, caller, amount, { signal, deadline });
  } catch (error) {
    const isRefused = error instanceof Refusal && error.reason === "BUDGET_EXHAUSTED";
    if (!isRefused) background.run(() => budget.release(requestId, caller));
    throw error;
  }
}
