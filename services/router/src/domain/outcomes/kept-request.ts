import type { Task } from "@switchyard/contracts/vocabulary/routing";
import type { Decision } from "../decide.ts";
import type { Outcome } from "../dispatch/outcome.ts";
import type { Prompt } from "../request.ts";

/** What is kept of a request, so that its answer can be judged later; nothing of its words. */
export interface KeptRequest {
  readonly requestId: string;
  readonly tenant: string;
  /** Catalogue id of the model that answered. */
  readonly model: string;
  readonly task: Task;
  /** Chance of being good enough that was expected of it before anything was learned, 0 to 1. */
  readonly prior: number;
  /** Chance that was wanted. */
  readonly target: number;
  /** The chain that was decided on, to decide once more by another version. */
  readonly chain: readonly { readonly model: string; readonly prior: number; readonly costUsdNanos: number }[];
}

/** What to keep of a request that the platform chose the model of; undefined where nothing is to be learned from it. */
export function keptOf(
  prompt: Prompt,
  { classification, chain, target }: Decision,
  { answeredBy, refusal, continuations }: Outcome,
): KeptRequest | undefined {
  // What several models wrote says nothing of any of them.
  if (!answeredBy || refusal || continuations.length > 0) return undefined;
  // Of a prompt that was not classified nothing was expected.
  if (prompt.chat.model !== "auto" || !classification) return undefined;
  return {
    requestId: prompt.requestId,
    tenant: prompt.caller.tenant,
    model: answeredBy.model.id,
    task: classification.task,
    prior: rounded(answeredBy.prior),
    target,
    chain: chain.map(({ model, prior, candidate }) => ({
      model: model.id,
      prior: rounded(prior),
      costUsdNanos: Number(candidate.estimatedCostUsdNanos),
    })),
  };
}

const rounded = (chance: number) => Math.round(chance * 1e4) / 1e4;
