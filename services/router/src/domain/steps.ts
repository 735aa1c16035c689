import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Decision, Judgement } from "./decide.ts";
import type { Dispatched } from "./dispatch/dispatch.ts";
import type { BegunAnswer } from "./dispatch/open-stream.ts";
import type { Outcome } from "./dispatch/outcome.ts";
import type { Recalled } from "./flight/recall.ts";
import type { Incoming, Prompt } from "./request.ts";

/** The steps of the platform's one sentence, wired to their ports. */
export interface Steps {
  /** Who calls, and as whom. Throws Refusal. */
  admit(incoming: Incoming): Caller;
  /** What the later steps need of the request, found once. */
  shape(incoming: Incoming, caller: Caller): Prompt;
  /** The answer, if it is stored, or growing at another's request. Throws Refusal. */
  recall(prompt: Prompt): Promise<Recalled>;
  /** What the prompt asks for; undefined where the decision does not depend on it. */
  classify(prompt: Prompt, signal: AbortSignal): Promise<Judgement | undefined>;
  /** The same, or a better judgement where that one is in doubt and asking a model is worth it. Never throws. */
  reconsider(prompt: Prompt, judgement: Judgement | undefined): Judgement | undefined | Promise<Judgement>;
  /** Which models may answer, in which order. Throws Refusal. */
  decide(prompt: Prompt, judgement: Judgement | undefined): Decision;
  /** Sets the most that it can cost aside; the decision that holds may be a cheaper one. Throws Refusal. */
  reserve(prompt: Prompt, recalled: Recalled, wanted: Decision): Promise<Decision>;
  /**
   * Asks the models until one answers, or goes on with an answer that has begun; `whenOver` is called once, whether the
   * caller still listens or not.
   */
  dispatch(
    prompt: Prompt,
    recalled: Recalled,
    decision: Decision,
    whenOver: (outcome: Outcome) => void,
    begun?: BegunAnswer,
  ): Dispatched;
  /** Books what was used. */
  settle(prompt: Prompt, story: RoutingReport, outcome?: Outcome): Promise<void>;
  /** Keeps the answer for the next who asks, and tells those who wait for it. */
  remember(prompt: Prompt, recalled: Recalled, story: RoutingReport, outcome?: Outcome): Promise<void>;
  /** Tells those who watch. */
  report(prompt: Prompt, story: RoutingReport, outcome?: Outcome): Promise<void>;
  /** How it came about, so far. */
  describe(prompt: Prompt, recalled: Recalled, decision?: Decision, outcome?: Outcome): RoutingReport;
  /** Runs what nobody waits for, and loses none of it. */
  afterwards(work: () => Promise<void>): void;
}
