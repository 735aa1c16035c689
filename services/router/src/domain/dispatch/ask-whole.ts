import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import type { Choice } from "../decide.ts";
import type { Prompt } from "../request.ts";
import { textOf } from "../shape.ts";
import { AttemptFailure, isHungUpOn } from "./attempt-failure.ts";
import type { AttemptLog } from "./attempts.ts";
import { bounded, type DispatchContext } from "./dispatch-context.ts";
import type { Stop } from "./itinerary.ts";
import type { Leg } from "./leg.ts";
import type { Checkable } from "./try-first.ts";
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
): Promise<Checkable<Answered>> {
  const { choice, deployment } = stop;
  const readOnly = () => ({ usage: counted(prompt.inputTokens, 0), usageEstimated: true });
  const attempt = log.begin(stop, isHedge, readOnly);
  try {
    const response = await provider.complete(deployment, bounded(prompt.chat, choice), leg);
    const usage = response.usage ?? counted(prompt.inputTokens, estimateTokens(writtenIn(response)));
    const end = { usage, usageEstimated: response.usage === undefined };
    leg[Symbol.dispose]();
    return {
      response,
      reject: (failure) => attempt.ended({ ...end, failure }),
      reinstate() {
        attempt.reinstated();
        return { stop, response };
      },
      take() {
        attempt.ended(end);
        return { stop, response };
      },
      drop: () => attempt.ended({ ...end, failure: new AttemptFailure("CANCELLED", "another answer came first") }),
    };
  } catch (error) {
    const failure = leg.failureOf(error);
    attempt.ended({ failure, ...(isHungUpOn(failure) && readOnly()) });
    throw failure;
  }
}

/** All that was written, tool calls included, for counting. */
const writtenIn = ({ choices }: ChatResponse) =>
  choices
    .flatMap(({ message }) => [
      textOf(message),
      message?.refusal ?? "",
      ...(message?.toolCalls ?? []).map((call) => call.name + call.arguments),
    ])
    .join("");
