export interface RetryPolicy {
  /** Tries at one model before the next, the first included. */
  readonly attemptsPerModel: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A provider that asks for a longer pause is passed over while another candidate is left. */
  readonly maxRetryAfterMs: number;
}

export interface Failed {
  /** Which try at the model failed, from 1. */
  readonly attemptNumber: number;
  readonly retryAfterMs: number | undefined;
  readonly isLastCandidate: boolean;
  /** Milliseconds until the caller stops waiting. */
  readonly leftMs: number;
}

/**
 * How long to wait before the same model is tried again, in milliseconds; undefined if it should not be. The provider's
 * Retry-After is obeyed where it fits; else exponential backoff with full jitter (AWS Architecture Blog, "Exponential
 * Backoff And Jitter"): uniform between half of the step and the step, so that a pause is never nothing.
 */
export function pauseBefore(policy: RetryPolicy, failed: Failed, random: () => number): number | undefined {
  if (failed.attemptNumber >= policy.attemptsPerModel) return undefined;
  const { retryAfterMs } = failed;
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxRetryAfterMs && !failed.isLastCandidate) return undefined;
  const step = Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** (failed.attemptNumber - 1));
  const pauseMs = retryAfterMs ?? step * (0.5 + random() / 2);
  return pauseMs < failed.leftMs ? pauseMs : undefined;
}
