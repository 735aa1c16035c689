import type { Budget, Cache, Classifier } from "../ports.ts";
import { type AccessPolicy, admit } from "./admit.ts";
import type { Background } from "./background.ts";
import { type Decision, type DecisionPolicy, decide, judgementOf } from "./decide.ts";
import { dispatch } from "./dispatch/dispatch.ts";
import type { DispatchContext } from "./dispatch/dispatch-context.ts";
import type { Outcome } from "./dispatch/outcome.ts";
import { refuseWhenOver } from "./dispatch/refusals.ts";
import { recall } from "./flight/recall.ts";
import { shared } from "./flight/shared.ts";
import type { Labels } from "./opinion/labels.ts";
import { createSecondOpinion, isDoubtful, type OpinionPolicy } from "./opinion/second-opinion.ts";
import { type KeptRequest, keptOf } from "./outcomes/kept-request.ts";
import { createLayout, withPromptCacheKey } from "./prompt-layout.ts";
import { Refusal } from "./refusal.ts";
import { answerForAll, keepsakeOf, keepsakeOfHit } from "./remember.ts";
import { reportOf, reportOfHit, settlementOf, settlementOfRefused } from "./report.ts";
import type { Prompt } from "./request.ts";
import { reserveFor } from "./reserve.ts";
import { shape } from "./shape.ts";
import type { Steps } from "./steps.ts";
import { tierBounds, upperBound, withSpent } from "./upper-bound.ts";

/** Everything the steps stand on. */
export interface StepContext extends DispatchContext {
  readonly access: AccessPolicy;
  readonly policy: DecisionPolicy;
  readonly cache: Cache;
  readonly classifier: Classifier;
  readonly budget: Budget;
  readonly background: Background;
  /** Whether any provider takes a key to its prefix cache. */
  readonly sendsPromptCacheKeys: boolean;
  /** Whether answers that ended at their token limit are worth keeping. */
  readonly keepsTruncated: boolean;
  /** Keeps what is needed to judge a request's answer later. Absent: nothing is kept. */
  readonly keepForJudgement?: (request: KeptRequest) => void;
  /** When a model is asked where the classifier is unsure, and what they said before. Absent: never. */
  readonly opinion?: { readonly policy: OpinionPolicy; readonly labels: Labels } | undefined;
  readonly newRequestId: () => string;
  /** Trace id of the running request; empty where nothing is traced. */
  readonly traceId: () => string;
}

/** Wires the steps of the sentence to their ports. */
export function createSteps(context: StepContext): Steps {
  const { access, policy, cache, classifier, budget, observer, background, clock, resilience } = context;
  const { keepForJudgement } = context;
  const { hedging, stream } = resilience.policy;
  const extraLegs = { hedge: hedging.enabled, continuation: stream.continueBroken };
  const bound = (prompt: Prompt, decision: Decision) => upperBound(prompt, decision, extraLegs);
  const layOut = createLayout();
  const opinion = context.opinion?.policy.enabled ? context.opinion : undefined;
  const secondOpinion = opinion && createSecondOpinion(opinion.policy, policy, { ...context, labels: opinion.labels });
  return {
    admit: ({ credentials, caller }) => admit(credentials, caller, access),
    shape: (incoming, caller) => {
      const prompt = shape({ ...incoming, chat: layOut(incoming.chat) }, caller, {
        estimateTokens: context.estimateTokens,
        requestId: context.newRequestId(),
        traceId: context.traceId(),
        arrivedUs: clock.monotonicUs(),
      });
      return context.sendsPromptCacheKeys ? withPromptCacheKey(prompt) : prompt;
    },
    recall: (prompt) => recall(prompt, { cache, clock, catalogue: policy.catalogue }),
    classify: async (prompt, signal) =>
      prompt.chat.model === "auto" ? await classifier.classify(prompt, signal) : undefined,
    reconsider: (prompt, judgement) =>
      judgement && opinion && secondOpinion && isDoubtful(prompt, judgement, opinion.policy)
        ? secondOpinion(prompt, judgement)
        : judgement,
    decide: (prompt, classification) => decide(prompt, classification, policy),
    reserve: async (prompt, { embeddings, verdict }, decision) => {
      const spent = decision.asked ? [...embeddings, ...decision.asked] : embeddings;
      try {
        refuseWhenOver(prompt, clock);
        return await reserveFor(prompt, decision, {
          budget,
          background,
          boundOf: (each) => ({
            all: withSpent(bound(prompt, each), spent),
            tiers: tierBounds(prompt, each, extraLegs),
          }),
          decideWithout: (exclusions) => decide(prompt, judgementOf(decision), policy, exclusions),
        });
      } catch (error) {
        const reason = error instanceof Refusal ? error.reason : "INTERNAL";
        if (spent.length > 0) background.run(() => budget.settle(settlementOfRefused(prompt, verdict, spent, reason)));
        throw error;
      }
    },
    dispatch: (prompt, { lead }, decision, whenOver, begun) =>
      shared(lead, prompt, (asked) => {
        const over = (outcome: Outcome) => {
          const kept = keepForJudgement && keptOf(prompt, decision, outcome);
          if (kept) keepForJudgement(kept);
          whenOver(outcome);
        };
        return dispatch(asked, decision, bound(asked, decision), context, over, begun);
      }),
    settle: (prompt, story, outcome) => budget.settle(settlementOf(prompt, story, outcome)),
    remember: async (prompt, recalled, story, outcome) => {
      const { tickets, answer, growing, lead } = recalled;
      const keepsake = outcome
        ? keepsakeOf(outcome, story, tickets, prompt.chat.n, context.keepsTruncated)
        : keepsakeOfHit(answer ?? growing?.known(), tickets);
      try {
        if (keepsake) await cache.store(keepsake.tickets, keepsake.answer, prompt.hints.cacheTtlSeconds);
      } finally {
        const forAll = outcome && answerForAll(outcome, story, prompt.chat.n);
        lead?.end({ answer: forAll, passing: !keepsake?.isForAll });
      }
    },
    report: async (prompt, story, outcome) => observer.report(prompt, story, outcome),
    describe: (prompt, recalled, decision, outcome) => {
      if (decision && outcome) return reportOf(prompt, recalled, decision, outcome, policy.catalogue);
      const answer = recalled.answer ?? recalled.growing?.known();
      if (!answer) throw new TypeError("a report needs an answer or a decision");
      return reportOfHit(prompt, recalled, answer, policy.catalogue, clock.monotonicUs());
    },
    afterwards: (work) => background.run(work),
  };
}
