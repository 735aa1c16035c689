import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Clock } from "../../ports.ts";
import { costUsdNanos } from "../catalogue.ts";
import type { AttemptFailure, AttemptFailureReason } from "./attempt-failure.ts";
import type { Health } from "./breaker.ts";
import type { Candidate, Stop } from "./itinerary.ts";
import type { Latency } from "./latency.ts";
import type { Resilience } from "./resilience.ts";

/** What an attempt used. */
export interface Used {
  /** What the provider reported, or what was counted. Absent: nothing was used. */
  readonly usage?: Usage | undefined;
  readonly usageEstimated?: boolean;
}

/** How an attempt ended. */
export interface AttemptEnd extends Used {
  /** Undefined: it answered. */
  readonly failure?: AttemptFailure | undefined;
  /** It was asked about an answer, not for one. */
  readonly isCheck?: boolean;
}

/** An attempt under way. Whoever began it ends it, on every path. */
export interface RunningAttempt {
  /** The first content has come. */
  answered(): void;
  /** Only the first end counts. */
  ended(end: AttemptEnd): void;
  /** Its answer, which was not accepted, is given after all. */
  reinstated(): void;
}

/** The attempts of one request, in the order in which they ended. */
export interface AttemptLog {
  /** `soFar` says what it has used, where it is still under way when the request is over. */
  begin(stop: Stop<Candidate>, isHedge: boolean, soFar: (failure: AttemptFailure) => Used): RunningAttempt;
  list(): readonly Attempt[];
  /** The request is over: whatever is still under way ends with the failure that this makes. */
  close(failureOf: () => AttemptFailure): void;
}

/** Starts an empty log; what the attempts say of their places is told to the fleet. */
export function attemptLog(kind: "whole" | "stream", clock: Clock, { fleet, policy }: Resilience): AttemptLog {
  const attempts: Attempt[] = [];
  const underWay = new Map<RunningAttempt, (failure: AttemptFailure) => Used>();
  return {
    begin({ choice, deployment }, isHedge, soFar) {
      const vitals = fleet.of(deployment);
      const latency = vitals.latency[kind];
      const pass = vitals.breaker.begin();
      const startedUs = clock.monotonicUs();
      const sinceStartUs = () => Math.round(clock.monotonicUs() - startedUs);
      vitals.outstanding += 1;
      let firstContentUs: number | undefined;
      let recorded: Attempt | undefined;
      const attempt: RunningAttempt = {
        answered() {
          firstContentUs = sinceStartUs();
          pass.answered();
        },
        ended({ failure, usage, usageEstimated = false, isCheck = false }) {
          if (!underWay.delete(attempt)) return;
          const durationUs = sinceStartUs();
          const tookMs = (kind === "stream" ? (firstContentUs ?? durationUs) : durationUs) / 1_000;
          const health = healthOf(failure?.reason, tookMs, vitals.answers[kind]);
          vitals.outstanding -= 1;
          if (health === "good") vitals.answers[kind].record(tookMs);
          // A place that was given up on has taken at least so long.
          if (health === "good" || (health === "bad" && failure?.reason === "UPSTREAM_TIMEOUT")) latency.record(tookMs);
          pass.ended(health, tookMs);
          const closedForMs = failure?.retryAfterMs ?? 0;
          // Others need not ask to learn that they are to come later than anyone waits.
          if (closedForMs > policy.retry.maxRetryAfterMs) vitals.breaker.holdOpen(closedForMs, "seen");
          recorded = {
            model: choice.model.id,
            provider: deployment.provider,
            outcome: failure?.reason ?? (isCheck ? "CHECK" : "ok"),
            durationUs: BigInt(durationUs),
            timeToFirstTokenUs: BigInt(firstContentUs ?? 0),
            usage,
            usageEstimated: usageEstimated && usage !== undefined,
            costUsdNanos: usage ? costUsdNanos(usage, choice.model.prices) : 0n,
            hedge: isHedge,
            continued: false,
          };
          attempts.push(recorded);
        },
        reinstated() {
          if (recorded) recorded.outcome = "ok";
        },
      };
      underWay.set(attempt, soFar);
      return attempt;
    },
    list: () => attempts,
    close(failureOf) {
      if (underWay.size === 0) return;
      const failure = failureOf();
      for (const [attempt, soFar] of [...underWay]) attempt.ended({ ...soFar(failure), failure });
    },
  };
}

/**
 * What the end of an attempt says of its place; what is the request's or the caller's own doing says nothing. Neither does
 * a time-out that came sooner than the place usually answers: that caller was in too much of a hurry.
 */
function healthOf(reason: AttemptFailureReason | undefined, tookMs: number, answers: Latency): Health {
  switch (reason) {
    case undefined:
    case "INADEQUATE":
      return "good";
    case "UPSTREAM_TIMEOUT":
      return tookMs < (answers.quantile(0.5) ?? 0) ? "neutral" : "bad";
    case "UPSTREAM_RATE_LIMITED":
    case "UPSTREAM_UNAVAILABLE":
    case "UPSTREAM_CONNECTION":
    case "UPSTREAM_BROKEN_ANSWER":
    case "UPSTREAM_AUTHENTICATION":
      return "bad";
    default:
      return "neutral";
  }
}
