import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Amount } from "../../ports.ts";
import type { Choice, Decision } from "../decide.ts";
import { Refusal } from "../refusal.ts";
import type { Prompt } from "../request.ts";
import { type Answered, askWhole } from "./ask-whole.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { attemptLog } from "./attempts.ts";
import { deliverStream, type Piece } from "./deliver-stream.ts";
import { bounded, type DispatchContext } from "./dispatch-context.ts";
import { goOn } from "./go-on.ts";
import { layOut, type Stop } from "./itinerary.ts";
import { type BegunAnswer, type OpenStream, openStream } from "./open-stream.ts";
import { notAsked, type Outcome } from "./outcome.ts";
import { type AttemptOnce, pursue } from "./pursue.ts";
import { withAttempts } from "./refusals.ts";
import type { Trial } from "./trial.ts";
import { type Tried, type TryFirst, tryFirst } from "./try-first.ts";
import { wholeStream } from "./whole-stream.ts";

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
    const isLate = change.refusal?.reason === "DEADLINE_EXCEEDED";
    log.close(() => new AttemptFailure(isLate ? "DEADLINE_EXCEEDED" : "CANCELLED", "the request is over"));
    const refusal = change.refusal && withAttempts(change.refusal, log.list());
    state = { ...state, ...change, refusal };
    whenOver(progress());
  };
  /** Ends it without an answer; gives the refusal that the caller is told, which tells of every attempt. */
  const refuse = (refusal: Refusal): Refusal => {
    finish({ refusal });
    return state.refusal ?? refusal;
  };

  const trying = <T>(attempt: Tried<T>["attempt"]): TryFirst<T> | AttemptOnce<Choice, T> => {
    const { cascade: plan } = decision;
    const { cascade: policy } = context;
    return plan && policy ? tryFirst({ plan, policy, prompt, trial, attempt }, context) : attempt;
  };
  /** Pursues an answer; where there is none but one that was not accepted, that one is better than nothing. */
  const chase = async <T>(tried: TryFirst<T> | AttemptOnce<Choice, T>, stopOf: (brought: T) => Stop<Choice>) => {
    const cascade = "attempt" in tried ? tried : undefined;
    try {
      const brought = await pursue(itinerary, trial, cascade?.attempt ?? (tried as AttemptOnce<Choice, T>));
      return { brought, stop: stopOf(brought) };
    } catch (error) {
      const isGone = !(error instanceof Refusal) || error.reason === "CANCELLED";
      const kept = isGone ? undefined : cascade?.keep();
      if (!kept) throw error;
      return kept;
    } finally {
      state = { ...state, trial: cascade?.outcome() };
    }
  };

  const whole = async (): Promise<Delivery> => {
    const tried = trying<Answered>((stop, leg, isHedge) => askWhole({ prompt, stop, leg, isHedge, log }, context));
    const { brought, stop } = await chase(tried, ({ stop }) => stop);
    finish({ ...answering(stop), response: brought.response });
    return { kind: "whole", response: brought.response };
  };
  const streamed = async (): Promise<Delivery> => {
    const open = async (): Promise<BegunAnswer> => {
      const tried = trying<OpenStream>(async (stop, leg, isHedge) => {
        const isHeld = stop.choice === decision.cascade?.trial;
        const opening = { chat: bounded(prompt.chat, stop.choice), inputTokens, stop, leg, isHedge, log, isHeld };
        const opened = await openStream(opening, context);
        return isHeld ? wholeStream(opened, leg) : opened;
      });
      const { brought, stop } = await chase(tried, (opened) => opened.stop);
      state = { ...state, ...answering(stop) };
      return brought;
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
