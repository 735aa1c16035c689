import { AttemptFailure } from "./attempt-failure.ts";
import { type Brought, beginHedged, type RoundResult, type Running } from "./hedge.ts";
import type { Candidate, Itinerary, Stop } from "./itinerary.ts";
import { beginLeg, type Leg, shareOf } from "./leg.ts";
import { exhausted, passedOn, refuseWhenOver } from "./refusals.ts";
import type { Trial } from "./trial.ts";

/** Makes one attempt; throws AttemptFailure. */
export type AttemptOnce<C extends Candidate, T> = (stop: Stop<C>, leg: Leg, isHedge: boolean) => Promise<Brought<T>>;

/**
 * Follows the itinerary until an attempt brings something; `because` is the failure that it goes on from, if any. Throws
 * Refusal; the attempts are in the log.
 */
export async function pursue<C extends Candidate, T>(
  itinerary: Itinerary<C>,
  trial: Trial,
  attempt: AttemptOnce<C, T>,
  because?: AttemptFailure,
): Promise<T> {
  const { clock, log, observer } = trial;
  const first = itinerary.first.model.id;
  let last = because;
  for (let stop = itinerary.next(); stop; stop = itinerary.next()) {
    if (stop.pauseMs > 0) await clock.sleep(stop.pauseMs, trial.signal).catch(() => undefined);
    refuseWhenOver(trial, clock);
    const { id } = stop.choice.model;
    // To go up from an answer that was not accepted is the plan, not a fallback.
    if (id !== first && stop.isNewModel && last?.reason !== "INADEQUATE") {
      observer.fellBack(first, id, last?.reason ?? "BREAKER_OPEN");
    }
    const result = await makeRound(stop, itinerary, trial, attempt);
    if ("brought" in result) return result.brought.take();
    last = result.failure;
    if (last.consequence === "stop") throw passedOn(last);
  }
  refuseWhenOver(trial, clock);
  throw exhausted(log.list(), last, itinerary.comeBackAtMs(), clock.now());
}

/** One attempt, or two side by side where the first is slower than it usually is. */
function makeRound<C extends Candidate, T>(
  stop: Stop<C>,
  itinerary: Itinerary<C>,
  trial: Trial,
  attempt: AttemptOnce<C, T>,
): Promise<RoundResult<T>> {
  const hedgeAfterMs = hedgeDelayMs(stop, trial);
  const begin = (at: Stop<C>, isHedge: boolean) => makeAttempt(at, isHedge, itinerary, trial, attempt);
  if (hedgeAfterMs === undefined) return begin(stop, false).result;
  return beginHedged({
    first: begin(stop, false),
    afterMs: hedgeAfterMs,
    clock: trial.clock,
    second() {
      const other = itinerary.beside(stop.choice);
      if (!other) return undefined;
      trial.observer.hedged(stop.choice.model.id, other.choice.model.id);
      return begin(other, true);
    },
  });
}

function makeAttempt<C extends Candidate, T>(
  stop: Stop<C>,
  isHedge: boolean,
  itinerary: Itinerary<C>,
  trial: Trial,
  attempt: AttemptOnce<C, T>,
): Running<T> {
  const leg = beginLeg(trial, limitMs(stop, itinerary, trial), trial.clock, trial.onUnforeseen);
  const run = async (): Promise<RoundResult<T>> => {
    try {
      return { brought: await attempt(stop, leg, isHedge) };
    } catch (error) {
      const failure = error instanceof AttemptFailure ? error : leg.failureOf(error);
      leg[Symbol.dispose]();
      // One that was dropped says nothing of its place, which may still be of use.
      if (!leg.isAbandoned()) itinerary.failed(stop, failure);
      return { failure };
    }
  };
  return { result: run(), drop: () => leg.abandon() };
}

/** How long an attempt may take until its answer (or its stream's first content) is there; undefined: as the caller has. */
function limitMs<C extends Candidate>(
  { deployment }: Stop<C>,
  itinerary: Itinerary<C>,
  trial: Trial,
): number | undefined {
  if (!itinerary.hasOther()) return undefined;
  return shareOf(
    trial.deadline - trial.clock.now(),
    trial.resilience.fleet.of(deployment).latency[trial.kind].quantile(0.95),
  );
}

function hedgeDelayMs<C extends Candidate>({ deployment }: Stop<C>, { resilience, kind }: Trial): number | undefined {
  const { enabled, percentile, minSamples, minDelayMs } = resilience.policy.hedging;
  if (!enabled) return undefined;
  const latency = resilience.fleet.of(deployment).latency[kind];
  if (latency.size() < minSamples) return undefined;
  return Math.max(minDelayMs, latency.quantile(percentile) ?? minDelayMs);
}
