import type { Amount } from "../../ports.ts";
import type { Choice } from "../decide.ts";
import { Refusal } from "../refusal.ts";
import type { Prompt } from "../request.ts";
import { countInput } from "../shape.ts";
import { affordableOutput, withMargin } from "../upper-bound.ts";
import { AttemptFailure, type AttemptFailureReason } from "./attempt-failure.ts";
import { type ContinuationMethod, canContinue, continuationOf, methodsFor } from "./continuation.ts";
import type { Successor } from "./deliver-stream.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import type { Brought } from "./hedge.ts";
import type { Itinerary, Stop } from "./itinerary.ts";
import type { Leg } from "./leg.ts";
import { type BegunAnswer, type OpenStream, openStream } from "./open-stream.ts";
import { pursue } from "./pursue.ts";
import type { Trial } from "./trial.ts";

/** A stream that broke after tokens went out. */
export interface Break {
  readonly prompt: Prompt;
  readonly itinerary: Itinerary<Choice>;
  readonly trial: Trial;
  /** The stream that the caller reads, with all that has gone out. */
  readonly first: BegunAnswer;
  readonly broken: BegunAnswer;
  readonly failure: AttemptFailure;
  /** What was set aside for the request. */
  readonly reserved: Amount;
}

/** Fewer output tokens are not worth another reading of the prompt, unless the caller asked for no more. */
const leastOutputTokens = 16;

/**
 * Finds a model that goes on with a broken stream. Undefined where the policy, the kind of answer or the failure does not
 * allow it, or none will. Throws Refusal DEADLINE_EXCEEDED or CANCELLED once the caller waits no longer.
 */
export async function goOn(at: Break, context: DispatchContext): Promise<Successor | undefined> {
  const { prompt, itinerary, trial, first, broken, failure } = at;
  if (!context.resilience.policy.stream.continueBroken) return undefined;
  if (failure.consequence === "stop" || !canContinue(prompt, first.answer)) return undefined;
  if (broken.stop) itinerary.failed(broken.stop, failure.meaning("elsewhere"));
  const sofar = first.answer.text();
  const writtenTokens = context.estimateTokens(sofar);
  let used: ContinuationMethod = "anew";

  /** What the reservation still pays for, after reading this much again. */
  const outputFor = ({ model, maxOutputTokens }: Choice, inputTokens: number): number => {
    const allowed = maxOutputTokens - writtenTokens;
    const affordable = affordableOutput(at.reserved, trial.log.list(), model, withMargin(inputTokens));
    if (Math.min(allowed, affordable) < Math.max(1, Math.min(allowed, leastOutputTokens))) {
      throw unfit("UPSTREAM_CONTEXT_LENGTH", "what is left does not pay for more");
    }
    return Math.min(allowed, affordable);
  };

  const attempt = async (stop: Stop<Choice>, leg: Leg, isHedge: boolean): Promise<Brought<OpenStream>> => {
    for (const method of methodsFor(stop.choice, sofar)) {
      const asked = continuationOf(prompt, sofar, method);
      const inputTokens = countInput(asked, context.estimateTokens);
      const chat = { ...asked, maxTokens: outputFor(stop.choice, inputTokens) };
      try {
        const opening = { chat, inputTokens, stop, leg, isHedge, log: trial.log };
        const { take, drop } = await openStream(opening, context);
        const takeAs = () => {
          used = method;
          return take();
        };
        return { take: takeAs, drop };
      } catch (error) {
        if (!isRefusedRequest(error)) throw error;
      }
    }
    // The caller's own request was taken by another model, so what this one does not take is the way it was asked.
    throw unfit("UPSTREAM_INVALID_REQUEST", "it takes no continuation");
  };

  try {
    const stream = await pursue(itinerary, trial, attempt, failure);
    return {
      stream,
      continuation: {
        fromModel: broken.model,
        model: stream.stop.choice.model.id,
        cause: failure.reason,
        method: used,
        afterCharacters: BigInt(sofar.length),
      },
    };
  } catch (error) {
    if (error instanceof Refusal && isCallersEnd(error)) throw error;
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const unfit = (reason: AttemptFailureReason, message: string) =>
  new AttemptFailure(reason, message, undefined, undefined, "next_model");

const isRefusedRequest = (error: unknown) =>
  error instanceof AttemptFailure && error.reason === "UPSTREAM_INVALID_REQUEST";

const isCallersEnd = ({ reason }: Refusal) => reason === "DEADLINE_EXCEEDED" || reason === "CANCELLED";
