import type { Clock, Observer } from "../../ports.ts";
import { type Allowance, type AllowancePolicy, createAllowance } from "./allowance.ts";
import type { RetryPolicy } from "./backoff.ts";
import type { BreakerPolicy } from "./breaker.ts";
import { createFleet, type Fleet } from "./fleet.ts";

/** How failures of providers are met; the configuration's `router` says it. */
export interface ResiliencePolicy {
  readonly retry: RetryPolicy & { readonly budget: AllowancePolicy };
  readonly breaker: BreakerPolicy;
  readonly hedging: HedgingPolicy;
  readonly stream: StreamPolicy;
}

/** When a second candidate is asked beside the first. */
export interface HedgingPolicy {
  readonly enabled: boolean;
  /** The share of the model's answers that came sooner; the second starts when it is passed. */
  readonly percentile: number;
  /** Answers to have seen before that is known. */
  readonly minSamples: number;
  readonly minDelayMs: number;
  /** Hedges at most, as a share of the requests. */
  readonly share: number;
}

/** When a stream is committed to its model, and what happens when it breaks after that. */
export interface StreamPolicy {
  /** Tokens to have before the first goes out. */
  readonly holdBackTokens: number;
  /** How long they are waited for after the first, in milliseconds. */
  readonly holdBackMs: number;
  /** Whether another model goes on with a broken stream. */
  readonly continueBroken: boolean;
}

/** The policy with what is known of the providers, shared by all requests of this process. */
export interface Resilience {
  readonly policy: ResiliencePolicy;
  readonly fleet: Fleet;
  readonly retries: Allowance;
  readonly hedges: Allowance;
}

/** Of which nothing is known yet. */
export function createResilience(policy: ResiliencePolicy, clock: Clock, observer: Observer): Resilience {
  const nowMs = () => clock.monotonicUs() / 1_000;
  const { windowMs } = policy.retry.budget;
  return {
    policy,
    fleet: createFleet(policy.breaker, clock, (deployment, news) => observer.breakerChanged(deployment, news)),
    retries: createAllowance(policy.retry.budget, nowMs),
    hedges: createAllowance({ share: policy.hedging.share, floor: 1, windowMs }, nowMs),
  };
}
