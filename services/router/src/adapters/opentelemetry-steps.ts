import {
  type Attributes,
  attribute,
  bindIterable,
  type Context,
  context,
  contextWith,
  failSpan,
  type Instruments,
  inSpan,
  span,
  startSpan,
} from "@switchyard/telemetry";
import type { Delivery } from "../domain/dispatch/dispatch.ts";
import type { Outcome } from "../domain/dispatch/outcome.ts";
import type { Recalled } from "../domain/flight/recall.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Steps } from "../domain/steps.ts";
import { word } from "./opentelemetry-observer.ts";

/** Steps of which each that may wait is a span. */
export function tracedSteps(steps: Steps, instruments: Instruments): Steps {
  return {
    ...steps,
    recall: (prompt) =>
      inSpan(span.recall, {}, async (active) => {
        const recalled = await steps.recall(prompt);
        active.setAttributes(attributesOf(recalled));
        return recalled;
      }),
    classify: (prompt, signal) =>
      inSpan(span.classify, {}, async (active) => {
        const classification = await steps.classify(prompt, signal);
        if (classification) {
          active.setAttribute(attribute.task, word(classification.task, "TASK_"));
          active.setAttribute(attribute.complexity, classification.complexity);
        }
        return classification;
      }),
    decide: (prompt, classification) =>
      inStep(span.decide, () => {
        const decision = steps.decide(prompt, classification);
        const attributes = {
          [attribute.model]: decision.chain[0].model.id,
          [attribute.tier]: word(decision.chain[0].model.tier, "TIER_"),
          [attribute.candidateCount]: decision.chain.length,
          [attribute.reason]: decision.reason,
        };
        return [decision, attributes];
      }),
    reserve: (prompt, recalled, wanted) =>
      inSpan(span.reserve, {}, async (active) => {
        return steps.reserve(prompt, recalled, wanted).catch((error: unknown) => {
          if (error instanceof Refusal && error.details.limit) {
            active.setAttribute(attribute.refusedLimit, error.details.limit);
            instruments.budgetRefusals.add(1, { [attribute.tenant]: prompt.caller.tenant });
          }
          throw error;
        });
      }),
    dispatch: (prompt, recalled, decision, whenOver, begun) => {
      const around = context.active();
      const active = startSpan(span.dispatch);
      const within = contextWith(active);
      const over = (outcome: Outcome) => {
        if (outcome.refusal) failSpan(active, outcome.refusal);
        active.end();
        context.with(around, whenOver, undefined, outcome);
      };
      const dispatched = context.with(within, () => steps.dispatch(prompt, recalled, decision, over, begun));
      if (within === around) return dispatched;
      return { ...dispatched, delivery: dispatched.delivery.then((delivery) => inContext(within, delivery)) };
    },
    settle: (prompt, story, outcome) =>
      inSpan(span.settle, { attributes: { [attribute.costUsdNanos]: Number(story.costUsdNanos) } }, () =>
        steps.settle(prompt, story, outcome),
      ),
    remember: (prompt, recalled, story, outcome) =>
      inSpan(span.remember, {}, () => steps.remember(prompt, recalled, story, outcome)),
    report: (prompt, story, outcome) => inSpan(span.report, {}, () => steps.report(prompt, story, outcome)),
  };
}

/** What the cache said; whether this request leads others or follows one. */
function attributesOf({ verdict, growing, lead, likeness }: Recalled): Attributes {
  return {
    [attribute.cacheVerdict]: growing ? "coalesced" : word(verdict, "CACHE_VERDICT_"),
    [attribute.cacheLeads]: lead !== undefined,
    ...(likeness && {
      [attribute.cacheCosine]: likeness.cosine,
      [attribute.cacheHitProbability]: likeness.probability,
    }),
  };
}

/** A stream may ask another model to go on with it: that belongs to the dispatch, whoever reads the stream. */
const inContext = (within: Context, delivery: Delivery): Delivery =>
  delivery.kind === "whole" ? delivery : { ...delivery, pieces: bindIterable(within, delivery.pieces) };

/** Runs a step that does not wait inside a span. */
function inStep<T>(name: string, work: () => readonly [T, Attributes]): T {
  const active = startSpan(name);
  try {
    const [result, attributes] = work();
    active.setAttributes(attributes);
    return result;
  } catch (error) {
    failSpan(active, error);
    throw error;
  } finally {
    active.end();
  }
}
