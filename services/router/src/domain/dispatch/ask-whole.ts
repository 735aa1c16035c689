import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Choice } from "../decide.ts";
import type { Prompt } from "../request.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import type { AttemptLog } from "./attempts.ts";
import { bounded, type DispatchContext } from "./dispatch-context.ts";
import type { Brought } from "./hedge.ts";
import type { Stop } from "./itinerary.ts";
import type { Leg } from "./leg.ts";
import { counted } from "./usage.ts";

/** A whole answer and where it came from. */
export interface Answered {
  readonly stop: Stop<Choice>;
  readonly response: ChatResponse;
}

export interface Asking {
  readonly prompt: Prompt;
  readonly stop: Stop<Choice>;
  readonly leg: Leg;
  readonly isHedge: boolean;
  readonly log: AttemptLog;
}

/** One attempt at a whole answer. Throws AttemptFailure. */
export async function askWhole(
  { prompt, stop, leg, isHedge, log }: Asking,
  { provider, estimateTokens }: DispatchContext,
): Promise<Brought<Answered>> {
  const { choice, deployment } = stop;
  const attempt = log.begin(stop, isHedge);
  let response: ChatResponse;
  try {
    response = await provider.complete(deployment, bounded(prompt.chat, choice), leg);
  } catch (error) {
    const failure = leg.failureOf(error);
    // A provider that was at work when another answer came first has at least read the prompt.
    const isDropped = failure.reason === "CANCELLED" && !prompt.signal.aborted;
    attempt.ended({ failure, ...(isDropped && { usage: inputOf(prompt), usageEstimated: true }) });
    throw failure;
  }
  leg[Symbol.dispose]();
  const usage = response.usage ?? counted(prompt, estimateTokens(writtenIn(response)));
  const end = { usage, usageEstimated: response.usage === undefined };
  return {
    take() {
      attempt.ended(end);
      return { stop, response };
    },
    drop: () => attempt.ended({ ...end, failure: new AttemptFailure("CANCELLED", "another answer came first") }),
  };
}

const inputOf = (prompt: Prompt) => counted(prompt, 0);

const writtenIn = ({ choices }: ChatResponse) => JSON.stringify(choices.map(({ message }) => message?.content));
