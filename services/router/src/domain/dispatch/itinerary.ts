import type { CatalogueModel, ModelDeployment } from "../catalogue.ts";
import type { Allowance } from "./allowance.ts";
import type { AttemptFailure } from "./attempt-failure.ts";
import { pauseBefore, type RetryPolicy } from "./backoff.ts";
import type { Fleet } from "./fleet.ts";
import { spread } from "./spread.ts";

/** A model that may answer, with whatever else was decided about it. */
export interface Candidate {
  readonly model: CatalogueModel;
}

/** Where the next attempt is to be made. */
export interface Stop<C extends Candidate> {
  readonly choice: C;
  readonly deployment: ModelDeployment;
  /** How long to wait before, in milliseconds. */
  readonly pauseMs: number;
  /** Whether no place of this model was asked before. */
  readonly isNewModel: boolean;
}

const modelOf = ({ model }: Candidate) => model;

/** The way of one request through the deployments of its chain. */
export interface Itinerary<C extends Candidate> {
  /** The first choice, asked or not. */
  readonly first: C;
  /** Where to go now; undefined if no place is left that may answer in time. */
  next(): Stop<C> | undefined;
  /** Another model that may be asked beside this one at once; undefined if there is none, or no hedge is allowed now. */
  beside(choice: C): Stop<C> | undefined;
  /** An attempt failed. */
  failed(stop: Stop<C>, failure: AttemptFailure): void;
  /** Whether a healthy place is left that was not asked yet. */
  hasOther(): boolean;
  /** Models that were passed over so far because their breakers are open. */
  spared(): readonly CatalogueModel[];
  /** When the first of the providers that named a time wants to be asked again, in milliseconds since the epoch. */
  comeBackAtMs(): number | undefined;
}

export interface ItineraryContext {
  readonly retry: RetryPolicy;
  readonly fleet: Fleet;
  readonly retries: Allowance;
  readonly hedges: Allowance;
  readonly random: () => number;
  readonly nowMs: () => number;
  /** When the caller stops waiting, in milliseconds since the epoch. */
  readonly deadline: number;
}

interface Place<C extends Candidate> {
  readonly choice: C;
  readonly deployment: ModelDeployment;
  tries: number;
  isOut: boolean;
  failure: AttemptFailure | undefined;
  comeBackAtMs: number | undefined;
}

/**
 * Lays out the way: the first choice at the provider that is due; after passing trouble there, an equal provider at once or
 * the same after a pause; then the next choices; then one whose breaker is open, as a last resort, and more of those as far
 * as the retry budget goes; in the end, once more what may have recovered by then.
 */
export function layOut<C extends Candidate>(chain: readonly [C, ...C[]], context: ItineraryContext): Itinerary<C> {
  const { fleet, retry, nowMs } = context;
  const places = chain.flatMap((choice) =>
    choice.model.deployments.map(
      (deployment): Place<C> => ({
        choice,
        deployment,
        tries: 0,
        isOut: false,
        failure: undefined,
        comeBackAtMs: undefined,
      }),
    ),
  );
  let tooSmall = 0;
  let last: Place<C> | undefined;
  let isDesperate = false;

  const isOpen = ({ isOut, choice }: Place<C>) => !isOut && choice.model.contextWindow > tooSmall;
  const isAdmitting = ({ deployment }: Place<C>) => fleet.of(deployment).breaker.isAdmitting();
  const isFresh = (place: Place<C>) => isOpen(place) && place.tries === 0;
  const isSpared = (choice: C) => places.some((place) => place.choice === choice && isOpen(place));
  const triesOf = (choice: C) => places.reduce((sum, place) => sum + (place.choice === choice ? place.tries : 0), 0);

  const go = (place: Place<C>, pauseMs: number): Stop<C> => {
    const { choice, deployment } = place;
    const isNewModel = triesOf(choice) === 0;
    place.tries += 1;
    last = place;
    return { choice, deployment, pauseMs, isNewModel };
  };
  /** The first choice that has such places, and of those the due one among its most preferred. */
  const pick = (among: (place: Place<C>) => boolean): Place<C> | undefined => {
    const first = places.find(among);
    if (!first) return undefined;
    const equals = places.filter(
      (place) => place.choice === first.choice && place.deployment.rank === first.deployment.rank && among(place),
    );
    return equals.length === 1 ? first : spread(equals, fleet);
  };
  const pauseAt = ({ tries, comeBackAtMs, failure }: Place<C>): number =>
    pauseBefore(
      retry,
      tries,
      failure?.retryAfterMs === undefined || comeBackAtMs === undefined
        ? undefined
        : Math.max(0, comeBackAtMs - nowMs()),
      context.random,
    );
  const asksForLong = ({ failure }: Place<C>) => (failure?.retryAfterMs ?? 0) > retry.maxRetryAfterMs;
  // The breaker of a place that asks for a long pause is open just as long.
  const mayRetry = (place: Place<C>) =>
    isOpen(place) &&
    place.tries > 0 &&
    triesOf(place.choice) < retry.attemptsPerModel &&
    (isAdmitting(place) || asksForLong(place));
  const fits = (pauseMs: number) => pauseMs < context.deadline - nowMs();

  const sibling = () => last && pick((place) => place.choice === last?.choice && isFresh(place) && isAdmitting(place));
  const retryHere = (): Stop<C> | undefined => {
    if (last?.failure?.consequence !== "same_model" || asksForLong(last) || !mayRetry(last)) return undefined;
    const pauseMs = pauseAt(last);
    return fits(pauseMs) && context.retries.take() ? go(last, pauseMs) : undefined;
  };
  const retryAnywhere = (): Stop<C> | undefined => {
    const [soonest] = places
      .filter(mayRetry)
      .map((place) => ({ place, pauseMs: pauseAt(place) }))
      .sort((a, b) => a.pauseMs - b.pauseMs);
    return soonest && fits(soonest.pauseMs) && context.retries.take() ? go(soonest.place, soonest.pauseMs) : undefined;
  };
  // Open places are probably down: asking all of them for every request would multiply the load on what is failing.
  const lastResort = (): Place<C> | undefined => {
    const place = pick(isFresh);
    if (!place || (isDesperate && !context.retries.take())) return undefined;
    isDesperate = true;
    return place;
  };
  const fresh = (except?: C) => pick((place) => place.choice !== except && isFresh(place) && isAdmitting(place));

  return {
    first: chain[0],
    next() {
      const other = sibling();
      if (other) return go(other, 0);
      const again = retryHere();
      if (again) return again;
      const place = fresh() ?? lastResort();
      return place ? go(place, 0) : retryAnywhere();
    },
    beside(choice) {
      const place = fresh(choice);
      return place && context.hedges.take() ? go(place, 0) : undefined;
    },
    failed({ deployment }, failure) {
      const place = places.find((entry) => entry.deployment === deployment);
      if (!place) return;
      place.failure = failure;
      place.comeBackAtMs = failure.retryAfterMs === undefined ? undefined : nowMs() + failure.retryAfterMs;
      if (failure.consequence === "larger_model") tooSmall = Math.max(tooSmall, place.choice.model.contextWindow);
      if (failure.consequence === "next_model" || failure.consequence === "stop") place.isOut = true;
      if (failure.consequence === "next_choice") {
        for (const one of places) one.isOut ||= one.choice === place.choice;
      }
      last = place;
    },
    hasOther: () => places.some((place) => isFresh(place) && isAdmitting(place)),
    spared() {
      const furthest = chain.findLastIndex((choice) => triesOf(choice) > 0);
      return chain
        .filter((choice, index) => index < furthest && triesOf(choice) === 0 && isSpared(choice))
        .map(modelOf);
    },
    comeBackAtMs() {
      const times = places.flatMap(({ comeBackAtMs }) => comeBackAtMs ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}
