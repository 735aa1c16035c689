import type { RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import {
  type Attributes,
  attribute,
  context,
  contextWith,
  failSpan,
  type Instruments,
  inSpan,
  span,
  startSpan,
} from "@switchyard/telemetry";
import type { Outcome } from "../domain/outcome.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Prompt } from "../domain/request.ts";
import type { Steps } from "../domain/steps.ts";

/** Steps of which each that may wait is a span, and whose requests are counted when they are settled. */
export function tracedSteps(steps: Steps, instruments: Instruments): Steps {
  return {
    ...steps,
    recall: (prompt) =>
      inSpan(span.recall, {}, async (active) => {
        const recalled = await steps.recall(prompt);
        active.setAttribute(attribute.cacheVerdict, word(recalled.verdict, "CACHE_VERDICT_"));
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
    reserve: (prompt, decision) =>
      inSpan(span.reserve, {}, async (active) => {
        await steps.reserve(prompt, decision).catch((error: unknown) => {
          if (error instanceof Refusal && error.details.limit) {
            active.setAttribute(attribute.refusedLimit, error.details.limit);
            instruments.budgetRefusals.add(1, { [attribute.tenant]: prompt.caller.tenant });
          }
          throw error;
        });
      }),
    dispatch: (prompt, decision) => {
      const active = startSpan(span.dispatch);
      const dispatched = context.with(contextWith(active), () => steps.dispatch(prompt, decision));
      dispatched.outcome.then((outcome) => {
        if (outcome.refusal) failSpan(active, outcome.refusal);
        active.end();
      });
      return dispatched;
    },
    settle: (prompt, report, outcome) =>
      inSpan(span.settle, { attributes: { [attribute.costUsdNanos]: Number(report.costUsdNanos) } }, async () => {
        await steps.settle(prompt, report, outcome);
        count(instruments, prompt, report, outcome);
      }),
    remember: (prompt, recalled, report, outcome) =>
      inSpan(span.remember, {}, () => steps.remember(prompt, recalled, report, outcome)),
  };
}

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

function count(instruments: Instruments, prompt: Prompt, report: RoutingReport, outcome: Outcome | undefined): void {
  const who = { [attribute.tenant]: prompt.caller.tenant, [attribute.feature]: prompt.caller.feature };
  const what = { [attribute.model]: report.model, [attribute.tier]: word(report.tier, "TIER_") };
  const result = outcome?.refusal?.reason ?? "ok";
  instruments.requests.add(1, { ...what, [attribute.tenant]: prompt.caller.tenant, [attribute.outcome]: result });
  instruments.cost.add(Number(report.costUsdNanos) / 1e9, { ...who, ...what });
  instruments.baselineCost.add(Number(report.baselineCostUsdNanos) / 1e9, { ...who, ...what });
  instruments.cacheVerdicts.add(1, { [attribute.cacheVerdict]: word(report.cacheVerdict, "CACHE_VERDICT_") });
  instruments.overhead.record(Number(report.overheadUs) / 1e6);
  for (const attempt of report.attempts) {
    const labels = { [attribute.model]: attempt.model, [attribute.outcome]: attempt.outcome };
    instruments.attempts.add(1, labels);
    if (attempt.outcome === "ok") {
      if (prompt.isStreamed) instruments.timeToFirstToken.record(Number(attempt.timeToFirstTokenUs) / 1e6, what);
    } else if (attempt.usage) {
      instruments.wastedTokens.add(Number(attempt.usage.inputTokens + attempt.usage.outputTokens), labels);
    }
  }
}

/** An enum's value as a word for labels: `CACHE_VERDICT_EXACT_HIT` is `exact_hit`. */
const word = (value: string, prefix: string) => value.slice(prefix.length).toLowerCase();
