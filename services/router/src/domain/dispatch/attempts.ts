import type { Usage } from "@switchyard/contracts/vocabulary/chat";
import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Clock } from "../../ports.ts";
import { costUsdNanos } from "../catalogue.ts";
import type { AttemptFailure, AttemptFailureReason } from "./attempt-failure.ts";
import type { Health } from "./breaker.ts";
import type { Fleet } from "./fleet.ts";
import type { Candidate, Stop } from "./itinerary.ts";

/** How an attempt ended. */
export interface AttemptEnd {
  /** Undefined: it answered. */
  readonly failure?: AttemptFailure | undefined;
  /** What the provider reported, or what was counted. Absent: nothing was used. */
  readonly usage?: Usage | undefined;
  readonly usageEstimated?: boolean;
}

/** An attempt under way. Whoever began it ends it, on every path. */
export interface RunningAttempt {
  /** The first content has come. */
  answered(): void;
  /** Only the first end counts. */
  ended(end: AttemptEnd): void;
}

/** The attempts of one request, in the order in which they ended. */
export interface AttemptLog {
  begin(stop: Stop<Candidate>, isHedge: boolean): RunningAttempt;
  list(): readonly Attempt[];
}

/** Starts an empty log; what the attempts say of their places is told to the fleet. */
export function attemptLog(kind: "whole" | "stream", clock: Clock, fleet: Fleet): AttemptLog {
  const attempts: Attempt[] = [];
  return {
    begin({ choice, deployment }, isHedge) {
      const vitals = fleet.of(deployment);
      const pass = vitals.breaker.begin();
      const startedUs = clock.monotonicUs();
      const sinceStartUs = () => Math.round(clock.monotonicUs() - startedUs);
      vitals.outstanding += 1;
      let firstContentUs: number | undefined;
      let isOver = false;
      return {
        answered() {
          firstContentUs = sinceStartUs();
          pass.answered();
        },
        ended({ failure, usage, usageEstimated = false }) {
          if (isOver) return;
          isOver = true;
          const durationUs = sinceStartUs();
          const tookMs = (kind === "stream" ? (firstContentUs ?? durationUs) : durationUs) / 1_000;
          const health = healthOf(failure?.reason);
          vitals.outstanding -= 1;
          // A place that was given up on has taken at least so long.
          if (health === "good" || failure?.reason === "UPSTREAM_TIMEOUT") vitals.latency[kind].record(tookMs);
          pass.ended(health, tookMs);
          attempts.push({
            model: choice.model.id,
            provider: deployment.provider,
            outcome: failure?.reason ?? "ok",
            durationUs: BigInt(durationUs),
            timeToFirstTokenUs: BigInt(firstContentUs ?? 0),
            usage,
            usageEstimated,
            costUsdNanos: usage ? costUsdNanos(usage, choice.model.prices) : 0n,
            hedge: isHedge,
          });
        },
      };
    },
    list: () => attempts,
  };
}

/** What the end of an attempt says of its place; what is the request's or the caller's own doing says nothing. */
function healthOf(reason: AttemptFailureReason | undefined): Health {
  switch (reason) {
    case undefined:
      return "good";
    case "UPSTREAM_RATE_LIMITED":
    case "UPSTREAM_UNAVAILABLE":
    case "UPSTREAM_CONNECTION":
    case "UPSTREAM_TIMEOUT":
    case "UPSTREAM_BROKEN_ANSWER":
    case "UPSTREAM_AUTHENTICATION":
      return "bad";
    default:
      return "neutral";
  }
}
