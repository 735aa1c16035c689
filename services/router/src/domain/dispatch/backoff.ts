export interface RetryPolicy {
  /** Tries at one model before the next, the first included. */
  readonly attemptsPerModel: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A provider that asks for a longer pause is passed over while another candidate is left. */
  readonly maxRetryAfterMs: number;
}

/**
 * How long to wait before a model is tried again whose so-manieth try (from 1) failed, in milliseconds: what the provider
 * asked for, else exponential backoff with jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), uniform between
 * half of the step and the step, so that a pause is never nothing. `random` is uniform in [0, 1).
 */
export function pauseBefore(
  policy: RetryPolicy,
  tries: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  return Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** (tries - 1)) * (0.5 + random() / 2);
}
