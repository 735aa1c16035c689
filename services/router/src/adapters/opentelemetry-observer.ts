import type { Attempt, Cascade, RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { type Attributes, addEvent, attribute, event, type Instruments, type Logger } from "@switchyard/telemetry";
import type { Observer } from "../ports.ts";
import { steadyLog } from "./steady-log.ts";

/** Counts every request that got as far as the cache or a provider, and makes a log line, a metric and a span event of news. */
export function telemetryObserver(instruments: Instruments, logger: Logger): Observer {
  const log = steadyLog(logger, () => performance.now());
  return {
    report(prompt, story, outcome) {
      const tenant = { [attribute.tenant]: prompt.caller.tenant };
      const who = { ...tenant, [attribute.feature]: prompt.caller.feature };
      const arm = story.experiment === "" ? undefined : { [attribute.experiment]: story.experiment };
      const what = { [attribute.model]: story.model, [attribute.tier]: word(story.tier, "TIER_"), ...arm };
      const result = outcome?.refusal?.reason ?? "ok";
      instruments.requests.add(1, { ...what, ...tenant, [attribute.outcome]: result });
      instruments.cost.add(Number(story.costUsdNanos) / 1e9, { ...who, ...what });
      instruments.baselineCost.add(Number(story.baselineCostUsdNanos) / 1e9, { ...who, ...what });
      instruments.cacheVerdicts.add(1, { [attribute.cacheVerdict]: word(story.cacheVerdict, "CACHE_VERDICT_") });
      instruments.overhead.record(Number(story.overheadUs) / 1e6);
      if (story.cascade) countCascade(instruments, story.cascade, story);
      const streamed = prompt.isStreamed ? what : undefined;
      countAttempts(instruments, story.attempts, { streamed, isAnswered: outcome?.refusal === undefined });
    },
    fellBack(from, to, cause) {
      const labels = { [attribute.fromModel]: from, [attribute.model]: to, [attribute.cause]: cause };
      instruments.fallbacks.add(1, labels);
      addEvent(event.fallbackEngaged, labels);
      log.event(`${from} ${to} ${cause}`, { from, to, cause }, "fallback engaged");
    },
    hedged(slow, beside) {
      const labels = { [attribute.fromModel]: slow, [attribute.model]: beside };
      instruments.hedges.add(1, labels);
      addEvent(event.hedged, labels);
    },
    continued({ fromModel, model, cause, method }) {
      const labels = { [attribute.fromModel]: fromModel, [attribute.model]: model, [attribute.cause]: cause };
      instruments.continuations.add(1, labels);
      addEvent(event.streamContinued, labels);
      log.event(`${fromModel} ${model} ${cause}`, { from: fromModel, to: model, cause, method }, "stream continued");
    },
    opined(model, verdict) {
      instruments.opinions.add(1, { [attribute.model]: model, [attribute.outcome]: verdict });
    },
    breakerChanged({ model, provider }, { state, openMs, source }) {
      const labels = { [attribute.model]: model, [attribute.provider]: provider, [attribute.state]: state };
      instruments.breakerChanges.add(1, labels);
      const place = { [attribute.model]: model, [attribute.provider]: provider };
      instruments.breakerState.record(state === "open" ? 1 : 0, place);
      addEvent(state === "open" ? event.breakerOpen : event.breakerClosed, labels);
      if (state === "open") logger.warn({ model, provider, openMs, source }, "breaker open");
      else logger.info({ model, provider }, "breaker closed");
    },
  };
}

interface Answering {
  /** What streams are counted by; undefined for whole answers. */
  readonly streamed: Attributes | undefined;
  readonly isAnswered: boolean;
}

/** How a cascade went, and what of its cost did not become the answer, by task. */
function countCascade(instruments: Instruments, cascade: Cascade, { classification, attempts }: RoutingReport): void {
  const { model, verdict, finding } = cascade;
  const task = { [attribute.task]: word(classification?.task ?? "TASK_UNSPECIFIED", "TASK_") };
  instruments.cascades.add(1, {
    ...task,
    [attribute.model]: model,
    [attribute.outcome]: verdict,
    [attribute.cause]: finding,
  });
  const spent = attempts.filter(({ outcome }) => outcome === "INADEQUATE" || outcome === "CHECK");
  const cost = spent.reduce((sum, { costUsdNanos }) => sum + costUsdNanos, 0n);
  if (cost > 0n) instruments.cascadeCost.add(Number(cost) / 1e9, { ...task, [attribute.model]: model });
}

function countAttempts(
  instruments: Instruments,
  attempts: readonly Attempt[],
  { streamed, isAnswered }: Answering,
): void {
  const asked = new Set<string>();
  for (const { model, provider, outcome, usage, timeToFirstTokenUs, hedge, continued } of attempts) {
    const labels = { [attribute.model]: model, [attribute.provider]: provider, [attribute.outcome]: outcome };
    instruments.attempts.add(1, labels);
    const place = `${model}\n${provider}`;
    if (asked.has(place) && !hedge && outcome !== "CHECK" && outcome !== "CLASSIFY")
      instruments.retries.add(1, { [attribute.provider]: provider });
    if (outcome !== "CLASSIFY") asked.add(place);
    if (outcome === "ok") {
      // A call of an embedding model has no first token.
      if (streamed && timeToFirstTokenUs > 0n)
        instruments.timeToFirstToken.record(Number(timeToFirstTokenUs) / 1e6, streamed);
    } else if (usage && !(continued && isAnswered)) {
      instruments.wastedTokens.add(Number(usage.inputTokens + usage.outputTokens), labels);
    }
  }
}

/** An enum's value as a word for labels: `CACHE_VERDICT_EXACT_HIT` is `exact_hit`. */
export const word = (value: string, prefix: string) => value.slice(prefix.length).toLowerCase();
