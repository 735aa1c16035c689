import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Classification, RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import type { Recalled } from "../ports.ts";
import type { Decision } from "./decide.ts";
import type { Dispatched } from "./dispatch/dispatch.ts";
import type { Outcome } from "./dispatch/outcome.ts";
import type { Incoming, Prompt } from "./request.ts";

/** The steps of the platform's one sentence, wired to their ports. */
export interface Steps {
  /** Who calls, and as whom. Throws Refusal. */
  admit(incoming: Incoming): Caller;
  /** What the later steps need of the request, found once. */
  shape(incoming: Incoming, caller: Caller): Prompt;
  /** The stored answer, if there is one. Throws Refusal. */
  recall(prompt: Prompt): Promise<Recalled>;
  /** What the prompt asks for; undefined where the decision does not depend on it. */
  classify(prompt: Prompt, signal: AbortSignal): Promise<Classification | undefined>;
  /** Which models may answer, in which order. Throws Refusal. */
  decide(prompt: Prompt, classification: Classification | undefined): Decision;
  /** Sets the most that it can cost aside; the decision that holds may be a cheaper one. Throws Refusal. */
  reserve(prompt: Prompt, wanted: Decision): Promise<Decision>;
  /** Asks the models until one answers; `whenOver` is called once, whether the caller still listens or not. */
  dispatch(prompt: Prompt, decision: Decision, whenOver: (outcome: Outcome) => void): Dispatched;
  /** Books what was used. */
  settle(prompt: Prompt, story: RoutingReport, outcome?: Outcome): Promise<void>;
  /** Keeps the answer for the next who asks. */
  remember(prompt: Prompt, recalled: Recalled, story: RoutingReport, outcome: Outcome): Promise<void>;
  /** Tells those who watch. */
  report(prompt: Prompt, story: RoutingReport, outcome?: Outcome): Promise<void>;
  /** How it came about, so far. */
  describe(prompt: Prompt, recalled: Recalled, decision?: Decision, outcome?: Outcome): RoutingReport;
  /** Runs what nobody waits for, and loses none of it. */
  afterwards(work: () => Promise<void>): void;
}
