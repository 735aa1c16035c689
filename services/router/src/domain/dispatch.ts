import type { ChatChunk, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import { AttemptFailure } from "./attempt-failure.ts";
import { attemptLog } from "./attempts.ts";
import type { Choice, Decision } from "./decide.ts";
import { deliverStream } from "./deliver-stream.ts";
import { bounded, type DispatchContext } from "./dispatch-context.ts";
import type { Outcome } from "./outcome.ts";
import { Refusal } from "./refusal.ts";
import type { Prompt } from "./request.ts";
import { type Trial, tryModels } from "./try-models.ts";

/** An answer on its way to the caller: whole, or chunk by chunk. */
export type Delivery =
  | { readonly kind: "whole"; readonly response: ChatResponse }
  | { readonly kind: "stream"; readonly chunks: AsyncIterable<ChatChunk> };

export interface Dispatched {
  /** Resolves when an answer has begun; rejects with Refusal when there will be none. */
  readonly delivery: Promise<Delivery>;
  /** How it stands now. */
  progress(): Outcome;
}

/** Asks the models of the chain until one answers. `whenOver` is called once, when all is over, listened to or not. */
export function dispatch(
  prompt: Prompt,
  decision: Decision,
  context: DispatchContext,
  whenOver: (outcome: Outcome) => void,
): Dispatched {
  const log = attemptLog(context.clock);
  const trial: Trial = { ...context, log, signal: prompt.signal, deadline: prompt.deadline };
  let isOver = false;
  const dispatchedUs = context.clock.monotonicUs();
  let state: Omit<Outcome, "attempts" | "dispatchedUs"> = {
    answeredBy: undefined,
    response: undefined,
    refusal: undefined,
  };
  const progress = (): Outcome => ({ dispatchedUs, attempts: log.list(), ...state });
  const finish = (change: Partial<typeof state>) => {
    if (isOver) return;
    isOver = true;
    state = { ...state, ...change };
    whenOver(progress());
  };

  const whole = () =>
    tryModels(decision.chain, trial, async (choice): Promise<Delivery> => {
      const response = await askWhole(prompt, choice, trial, context);
      finish({ answeredBy: choice, response });
      return { kind: "whole", response };
    });
  const streamed = () =>
    tryModels(decision.chain, trial, async (choice): Promise<Delivery> => {
      const stream = await deliverStream(prompt, choice, trial, context, finish);
      state = { ...state, answeredBy: choice };
      return { kind: "stream", chunks: stream };
    });

  const delivery = (prompt.isStreamed ? streamed() : whole()).catch((error: unknown) => {
    finish({
      refusal: error instanceof Refusal ? error : new Refusal("ALL_CANDIDATES_FAILED", "the dispatch failed"),
    });
    throw error;
  });
  return { delivery, progress };
}

async function askWhole(
  prompt: Prompt,
  choice: Choice,
  { log }: Trial,
  context: DispatchContext,
): Promise<ChatResponse> {
  const ended = log.begin(choice.model);
  try {
    const response = await context.provider.complete(choice.model.id, bounded(prompt.chat, choice), prompt);
    const usage = response.usage ?? {
      inputTokens: BigInt(prompt.inputTokens),
      cachedInputTokens: 0n,
      outputTokens: BigInt(
        context.estimateTokens(JSON.stringify(response.choices.map(({ message }) => message?.content))),
      ),
      reasoningTokens: 0n,
      extraJson: "",
    };
    ended({ outcome: "ok", usage, usageEstimated: response.usage === undefined });
    return response;
  } catch (error) {
    ended({ outcome: error instanceof AttemptFailure ? error.reason : "INTERNAL" });
    throw error;
  }
}
