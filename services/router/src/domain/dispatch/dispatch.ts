import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Amount } from "../../ports.ts";
import type { Choice, Decision } from "../decide.ts";
import { Refusal } from "../refusal.ts";
import type { Prompt } from "../request.ts";
import { askWhole } from "./ask-whole.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { attemptLog } from "./attempts.ts";
import { deliverStream, type Piece } from "./deliver-stream.ts";
import { bounded, type DispatchContext } from "./dispatch-context.ts";
import { goOn } from "./go-on.ts";
import { layOut, type Stop } from "./itinerary.ts";
import { type BegunAnswer, openStream } from "./open-stream.ts";
import { notAsked, type Outcome } from "./outcome.ts";
import { pursue } from "./pursue.ts";
import { withAttempts } from "./refusals.ts";
import type { Trial } from "./trial.ts";

/** An answer on its way to the caller: whole, or piece by piece. */
export type Delivery =
  | { readonly kind: "whole"; readonly response: ChatResponse }
  | { readonly kind: "stream"; readonly pieces: AsyncIterable<Piece> };

export interface Dispatched {
  /** Resolves when an answer has begun; rejects with Refusal when there will be none. */
  readonly delivery: Promise<Delivery>;
  /** How it stands now. */
  progress(): Outcome;
}

/**
 * Asks the models of the chain until one answers; an answer that has begun elsewhere is gone on with once it breaks.
 * `whenOver` is called once, when all is over, listened to or not.
 */
export function dispatch(
  prompt: Prompt,
  decision: Decision,
  reserved: Amount,
  context: DispatchContext,
  whenOver: (outcome: Outcome) => void,
  begun?: BegunAnswer,
): Dispatched {
  const { clock, resilience } = context;
  const kind = prompt.isStreamed ? "stream" : "whole";
  const log = attemptLog(kind, clock, resilience);
  const { signal, deadline, inputTokens } = prompt;
  const trial: Trial = { ...context, log, kind, signal, deadline };
  const { retry } = resilience.policy;
  const nowMs = () => clock.now();
  const itinerary = layOut(decision.chain, { ...resilience, retry, random: context.random, nowMs, deadline });
  resilience.retries.request();
  resilience.hedges.request();

  let state = notAsked(clock.monotonicUs());
  let isOver = false;
  const progress = (): Outcome => ({
    ...state,
    attempts: log.list(),
    spared: itinerary.spared().map(({ id }) => id),
  });
  const finish = (change: Partial<Outcome>) => {
    if (isOver) return;
    isOver = true;
    log.close(
      new AttemptFailure(
        change.refusal?.reason === "DEADLINE_EXCEEDED" ? "DEADLINE_EXCEEDED" : "CANCELLED",
        "the request is over",
      ),
    );
    const refusal = change.refusal && withAttempts(change.refusal, log.list());
    state = { ...state, ...change, refusal };
    whenOver(progress());
  };
  /** Ends it without an answer; gives the refusal that the caller is told, which tells of every attempt. */
  const refuse = (refusal: Refusal): Refusal => {
    finish({ refusal });
    return state.refusal ?? refusal;
  };

  const whole = async (): Promise<Delivery> => {
    const { stop, response } = await pursue(itinerary, trial, (stop, leg, isHedge) =>
      askWhole({ prompt, stop, leg, isHedge, log }, context),
    );
    finish({ ...answering(stop), response });
    return { kind: "whole", response };
  };
  const streamed = async (): Promise<Delivery> => {
    const open = async (): Promise<BegunAnswer> => {
      const opened = await pursue(itinerary, trial, (stop, leg, isHedge) =>
        openStream({ chat: bounded(prompt.chat, stop.choice), inputTokens, stop, leg, isHedge, log }, context),
      );
      state = { ...state, ...answering(opened.stop) };
      return opened;
    };
    const first = begun ?? (await open());
    const pieces = deliverStream({
      prompt,
      first,
      nowMs,
      onUnforeseen: context.onUnforeseen,
      goOn: (broken, failure) => goOn({ prompt, itinerary, trial, first, broken, failure, reserved }, context),
      continued: (stop, continuation) => {
        state = { ...state, ...answering(stop), continuations: [...state.continuations, continuation] };
        context.observer.continued(continuation);
      },
      finish: () => finish({ response: first.answer.response() }),
      refuse,
    });
    return { kind: "stream", pieces };
  };

  const delivery = (prompt.isStreamed ? streamed() : whole()).catch((error: unknown) => {
    if (error instanceof Refusal) throw refuse(error);
    refuse(new Refusal("ALL_CANDIDATES_FAILED", "the dispatch failed"));
    throw error;
  });
  return { delivery, progress };
}

const answering = ({ choice, deployment }: Stop<Choice>): Pick<Outcome, "answeredBy" | "provider"> => ({
  answeredBy: choice,
  provider: deployment.provider,
});
