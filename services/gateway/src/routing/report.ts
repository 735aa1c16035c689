import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt, Candidate, Continuation, RoutingReport } from "@switchyard/contracts/vocabulary/routing";
import { taskName, tierName, verdictName } from "./names.ts";

const nanosPerUsd = 1e9;

/**
 * A routing report as the `switchyard` object of an answer. Money stands twice: `*_usd`, a decimal number for people and
 * spreadsheets, and `*_usd_nanos`, a whole number, exact.
 */
export function reportJson(report: RoutingReport): object {
  const { classification } = report;
  return {
    request_id: report.requestId,
    trace_id: report.traceId || undefined,
    model: report.model,
    provider: report.provider,
    tier: tierName(report.tier),
    classification: classification && {
      task: taskName(classification.task),
      task_confidence: classification.taskConfidence,
      complexity: classification.complexity,
      complexity_confidence: classification.complexityConfidence,
      language: classification.language,
      classifier_version: classification.classifierVersion,
    },
    reason: report.reason,
    candidates: report.candidates.map(candidateJson),
    passed_over: report.passedOver,
    attempts: report.attempts.map(attemptJson),
    cache: verdictName(report.cacheVerdict),
    cache_age_seconds: Number(report.cacheAgeSeconds),
    cache_entry_id: report.cacheEntryId || undefined,
    cache_hit_probability: report.cacheHitProbability,
    cost_usd: usd(report.costUsdNanos),
    cost_usd_nanos: Number(report.costUsdNanos),
    baseline_cost_usd: usd(report.baselineCostUsdNanos),
    baseline_cost_usd_nanos: Number(report.baselineCostUsdNanos),
    baseline_model: report.baselineModel,
    overhead_us: Number(report.overheadUs),
    upstream_us: Number(report.upstreamUs),
    warnings: report.warnings,
    continuations: report.continuations.map(continuationJson),
  };
}

/** Where another model took a broken stream over. */
export function continuationJson({ fromModel, model, cause, method, afterCharacters }: Continuation): object {
  return { from_model: fromModel, model, cause, method, after_characters: Number(afterCharacters) };
}

function candidateJson(candidate: Candidate): object {
  return {
    model: candidate.model,
    tier: tierName(candidate.tier),
    adequacy: candidate.adequacy,
    estimated_cost_usd: usd(candidate.estimatedCostUsdNanos),
    estimated_cost_usd_nanos: Number(candidate.estimatedCostUsdNanos),
  };
}

function attemptJson(attempt: Attempt): object {
  return {
    model: attempt.model,
    provider: attempt.provider,
    outcome: attempt.outcome,
    duration_us: Number(attempt.durationUs),
    time_to_first_token_us: Number(attempt.timeToFirstTokenUs),
    usage: attempt.usage && attemptUsageJson(attempt.usage),
    usage_estimated: attempt.usageEstimated,
    cost_usd: usd(attempt.costUsdNanos),
    cost_usd_nanos: Number(attempt.costUsdNanos),
    hedge: attempt.hedge,
    continued: attempt.continued,
  };
}

const attemptUsageJson = (usage: Usage) => ({
  input_tokens: Number(usage.inputTokens),
  cached_input_tokens: Number(usage.cachedInputTokens),
  output_tokens: Number(usage.outputTokens),
  reasoning_tokens: Number(usage.reasoningTokens),
});

const usd = (nanos: bigint) => Number(nanos) / nanosPerUsd;
