import type { Budget, Cache, Classifier } from "../ports.ts";
import { type AccessPolicy, admit } from "./admit.ts";
import type { Background } from "./background.ts";
import { type DecisionPolicy, decide } from "./decide.ts";
import { dispatch } from "./dispatch.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { Refusal } from "./refusal.ts";
import { worthKeeping } from "./remember.ts";
import { reportOf, reportOfHit, settlementOf } from "./report.ts";
import { upperBound } from "./reserve.ts";
import { shape } from "./shape.ts";
import type { Steps } from "./steps.ts";

/** Everything the steps stand on. */
export interface StepContext extends DispatchContext {
  readonly access: AccessPolicy;
  readonly policy: DecisionPolicy;
  readonly cache: Cache;
  readonly classifier: Classifier;
  readonly budget: Budget;
  readonly background: Background;
  readonly newRequestId: () => string;
  /** Trace id of the running request; empty where nothing is traced. */
  readonly traceId: () => string;
}

/** Wires the steps of the sentence to their ports. */
export function createSteps(context: StepContext): Steps {
  const { access, policy, cache, classifier, budget, background, clock } = context;
  const release = (requestId: string, caller: Parameters<Budget["release"]>[1]) =>
    background.run("release", () => budget.release(requestId, caller));
  return {
    admit: ({ credentials, caller }) => admit(credentials, caller, access),
    shape: (incoming, caller) =>
      shape(incoming, caller, {
        estimateTokens: context.estimateTokens,
        requestId: context.newRequestId(),
        traceId: context.traceId(),
        arrivedUs: clock.monotonicUs(),
      }),
    recall: (prompt) => cache.lookup(prompt),
    classify: async (prompt, signal) =>
      prompt.chat.model === "auto" ? await classifier.classify(prompt, signal) : undefined,
    decide: (prompt, classification) => decide(prompt, classification, policy),
    reserve: (prompt, decision) =>
      budget.reserve(prompt.requestId, prompt.caller, upperBound(prompt, decision), prompt).catch((error: unknown) => {
        // Whether it was granted is not known, so it is given back.
        if (!(error instanceof Refusal) || error.reason !== "BUDGET_EXHAUSTED")
          release(prompt.requestId, prompt.caller);
        throw error;
      }),
    dispatch: (prompt, decision) => dispatch(prompt, decision, context),
    settle: (prompt, report, outcome) => budget.settle(settlementOf(prompt, report, outcome)),
    remember: async (prompt, recalled, report, outcome) => {
      const answer = worthKeeping(outcome.response, report);
      if (answer && recalled.tickets.length > 0) {
        await cache.store(recalled.tickets, answer, prompt.hints.cacheTtlSeconds);
      }
    },
    report: (prompt, recalled, decision, outcome) => {
      if (decision && outcome) return reportOf(prompt, recalled, decision, outcome, policy.catalogue);
      if (!recalled.answer) throw new TypeError("a report needs a stored answer or a decision");
      return reportOfHit(prompt, recalled, recalled.answer, policy.catalogue, clock.monotonicUs());
    },
    afterwards: (name, work) => background.run(name, work),
  };
}
