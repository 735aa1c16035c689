import type { Clock } from "../../ports.ts";
import type { ModelDeployment } from "../catalogue.ts";
import { type Breaker, type BreakerNews, type BreakerPolicy, createBreaker } from "./breaker.ts";
import { createLatency, type Latency } from "./latency.ts";

/** What is known of one model at one provider from the attempts made there by this process. */
export interface Vitals {
  readonly breaker: Breaker;
  /** Time to the end of whole answers, and to the first content of streams. */
  readonly latency: Readonly<Record<"whole" | "stream", Latency>>;
  /** The same of those attempts alone that answered. */
  readonly answers: Readonly<Record<"whole" | "stream", Latency>>;
  /** Attempts under way. */
  outstanding: number;
  /** Its credit in the spread over equals; see {@link spread}. */
  credit: number;
}

/** Every deployment that requests can be sent to, with its vitals. */
export interface Fleet {
  of(deployment: ModelDeployment): Vitals;
}

export type OnBreakerChange = (deployment: ModelDeployment, news: BreakerNews) => void;

/** A fleet of which nothing is known yet. */
export function createFleet(policy: BreakerPolicy, clock: Clock, onChange: OnBreakerChange): Fleet {
  const known = new Map<string, Vitals>();
  const nowMs = () => clock.monotonicUs() / 1_000;
  return {
    of(deployment) {
      const key = `${deployment.model}\n${deployment.provider}`;
      let vitals = known.get(key);
      if (!vitals) {
        vitals = {
          breaker: createBreaker(policy, nowMs, (news) => onChange(deployment, news)),
          latency: { whole: createLatency(), stream: createLatency() },
          answers: { whole: createLatency(), stream: createLatency() },
          outstanding: 0,
          credit: 0,
        };
        known.set(key, vitals);
      }
      return vitals;
    },
  };
}
