import { attribute, type Instruments } from "@switchyard/telemetry";
import type { Observer } from "../ports.ts";

/** Counts every request that got as far as the cache or a provider. */
export function countingObserver(instruments: Instruments): Observer {
  return {
    report(prompt, story, outcome) {
      const tenant = { [attribute.tenant]: prompt.caller.tenant };
      const who = { ...tenant, [attribute.feature]: prompt.caller.feature };
      const what = { [attribute.model]: story.model, [attribute.tier]: word(story.tier, "TIER_") };
      const result = outcome?.refusal?.reason ?? "ok";
      instruments.requests.add(1, { ...what, ...tenant, [attribute.outcome]: result });
      instruments.cost.add(Number(story.costUsdNanos) / 1e9, { ...who, ...what });
      instruments.baselineCost.add(Number(story.baselineCostUsdNanos) / 1e9, { ...who, ...what });
      instruments.cacheVerdicts.add(1, { [attribute.cacheVerdict]: word(story.cacheVerdict, "CACHE_VERDICT_") });
      instruments.overhead.record(Number(story.overheadUs) / 1e6);
      for (const attempt of story.attempts) {
        const labels = { [attribute.model]: attempt.model, [attribute.outcome]: attempt.outcome };
        instruments.attempts.add(1, labels);
        if (attempt.outcome === "ok") {
          if (prompt.isStreamed) instruments.timeToFirstToken.record(Number(attempt.timeToFirstTokenUs) / 1e6, what);
        } else if (attempt.usage) {
          instruments.wastedTokens.add(Number(attempt.usage.inputTokens + attempt.usage.outputTokens), labels);
        }
      }
    },
  };
}

/** An enum's value as a word for labels: `CACHE_VERDICT_EXACT_HIT` is `exact_hit`. */
export const word = (value: string, prefix: string) => value.slice(prefix.length).toLowerCase();
