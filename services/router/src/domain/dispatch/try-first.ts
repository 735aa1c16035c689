import type { ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import { examine } from "../cascade/examine.ts";
import type { Finding } from "../cascade/inspect.ts";
import type { CascadePlan, CascadePolicy } from "../cascade/plan.ts";
import type { Choice } from "../decide.ts";
import type { Prompt } from "../request.ts";
import { AttemptFailure } from "./attempt-failure.ts";
import { consulting } from "./consult.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import type { Brought } from "./hedge.ts";
import type { Stop } from "./itinerary.ts";
import type { AttemptOnce } from "./pursue.ts";
import type { Trial } from "./trial.ts";

/** A whole answer that is there but not given to the caller yet. */
export interface Checkable<T> extends Brought<T> {
  /** The answer; undefined where its kind of attempt has none to look at yet. */
  readonly response: ChatResponse;
  /** Ends the attempt as one whose answer was not accepted. */
  reject(failure: AttemptFailure): void;
  /** Takes the answer back that was rejected: it is given after all. */
  reinstate(): T;
}

/** How the trial of a cascade went. */
export interface TrialOutcome {
  readonly verdict: "accepted" | "escalated" | "kept" | "failed";
  readonly finding: Finding | undefined;
}

export interface TryFirst<T> {
  /** Attempts of which that of the trial is checked: an answer that is not accepted is a failure, and the next model is asked. */
  readonly attempt: AttemptOnce<Choice, T>;
  outcome(): TrialOutcome;
  /** The answer that was not accepted, where there is anything in it: better than none. It ends what it is given for. */
  keep(): { readonly stop: Stop<Choice>; readonly brought: T } | undefined;
}

export interface Tried<T> {
  readonly plan: CascadePlan;
  readonly policy: CascadePolicy;
  readonly prompt: Prompt;
  readonly trial: Trial;
  /** One attempt, whose answer is whole once it is brought. */
  readonly attempt: (...attempt: Parameters<AttemptOnce<Choice, T>>) => Promise<Checkable<T> | Brought<T>>;
}

/** Tries the cheaper model of a plan first. */
export function tryFirst<T>({ plan, policy, prompt, trial, attempt }: Tried<T>, context: DispatchContext): TryFirst<T> {
  let finding: Finding | undefined;
  let verdict: TrialOutcome["verdict"] = "failed";
  let kept: { stop: Stop<Choice>; answer: Checkable<T> } | undefined;
  return {
    attempt: async (stop, leg, isHedge) => {
      const brought = await attempt(stop, leg, isHedge);
      if (stop.choice !== plan.trial || !("response" in brought)) return brought;
      finding = await examine(brought.response, prompt, plan, policy, consulting(trial, context));
      // One that was dropped meanwhile is over, whatever was found.
      if (leg.isAbandoned()) return brought;
      if (!finding) {
        verdict = "accepted";
        return brought;
      }
      verdict = "escalated";
      const failure = new AttemptFailure("INADEQUATE", finding.detail);
      brought.reject(failure);
      if (finding.reason !== "empty") kept = { stop, answer: brought };
      throw failure;
    },
    outcome: () => ({ verdict, finding }),
    keep() {
      if (!kept) return undefined;
      verdict = "kept";
      const { stop, answer } = kept;
      return { stop: { ...stop, choice: { ...stop.choice, isAdequate: false } }, brought: answer.reinstate() };
    },
  };
}
