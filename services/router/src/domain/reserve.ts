import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Amount, Budget } from "../ports.ts";
import type { Background } from "./background.ts";
import { Refusal } from "./refusal.ts";
import type { Patience } from "./request.ts";

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
