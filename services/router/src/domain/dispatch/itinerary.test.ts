import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock, model, recordingObserver, resiliencePolicy } from "../../testing/fixtures.ts";
import type { CatalogueModel, ModelDeployment } from "../catalogue.ts";
import { AttemptFailure, type AttemptFailureReason } from "./attempt-failure.ts";
import { type Candidate, type Itinerary, layOut, type Stop } from "./itinerary.ts";
import { createResilience, type Resilience, type ResiliencePolicy } from "./resilience.ts";

const at = (id: string, provider: string, rank = 0): ModelDeployment => ({ model: id, provider, rank, weight: 1 });
const candidate = (id: string, change: Partial<CatalogueModel> = {}): Candidate => ({ model: model(id, change) });
const twoProviders = (id: string): Candidate => candidate(id, { deployments: [at(id, "one"), at(id, "two")] });

describe("the way through the candidates", () => {
  let clock: FakeClock;
  let resilience: Resilience;

  const begin = (change: Partial<ResiliencePolicy> = {}) => {
    resilience = createResilience({ ...resiliencePolicy, ...change }, clock, recordingObserver());
  };
  beforeEach(() => {
    clock = fakeClock();
    begin();
  });

  const way = (chain: readonly [Candidate, ...Candidate[]], deadline = 60_000): Itinerary<Candidate> => {
    const { retry } = resilience.policy;
    return layOut(chain, { ...resilience, retry, random: () => 0, nowMs: clock.now, deadline });
  };
  const told = (stop: Stop<Candidate> | undefined) =>
    stop && `${stop.choice.model.id}@${stop.deployment.provider}${stop.pauseMs > 0 ? ` after ${stop.pauseMs}` : ""}`;
  const failure = (reason: AttemptFailureReason, retryAfterMs?: number) =>
    new AttemptFailure(reason, "failed", retryAfterMs);
  /** Goes from place to place, each failing with the next reason (the last one is repeated), until none is left. */
  const follow = (
    itinerary: Itinerary<Candidate>,
    ...failures: readonly (AttemptFailureReason | AttemptFailure)[]
  ): string[] => {
    const stops: string[] = [];
    for (let stop = itinerary.next(); stop; stop = itinerary.next()) {
      stops.push(told(stop) ?? "");
      clock.advance(stop.pauseMs);
      const next = failures[stops.length - 1] ?? failures.at(-1) ?? "UPSTREAM_UNAVAILABLE";
      itinerary.failed(stop, typeof next === "string" ? failure(next) : next);
      if (stops.length > 20) throw new Error("the way has no end");
    }
    return stops;
  };
  const breakAt = ({ model }: Candidate, index = 0) => {
    const deployment = model.deployments[index];
    if (deployment) resilience.fleet.of(deployment).breaker.holdOpen(30_000, "heard");
  };

  it("leads to the same model after a pause, and then to the next", () => {
    expect(follow(way([candidate("a"), candidate("b")]))).toEqual([
      "a@somewhere",
      "a@somewhere after 100",
      "b@somewhere",
      "b@somewhere after 100",
    ]);
  });

  it("leads to an equal provider at once, which takes the place of the retry", () => {
    expect(follow(way([twoProviders("a"), candidate("b")]))).toEqual([
      "a@one",
      "a@two",
      "b@somewhere",
      "b@somewhere after 100",
    ]);
  });

  it("begins at the most preferred rank, and goes down in order", () => {
    const ranked = candidate("a", { deployments: [at("a", "best"), at("a", "good", 1), at("a", "last", 2)] });
    expect(follow(way([ranked]))).toEqual(["a@best", "a@good", "a@last"]);
  });

  it("begins at another of several equals with each request", () => {
    const chain = [twoProviders("a")] as const;
    expect([way(chain).next(), way(chain).next(), way(chain).next()].map(told)).toEqual(["a@one", "a@two", "a@one"]);
  });

  it("waits as long as the provider asks, where that is not too long", () => {
    const limited = failure("UPSTREAM_RATE_LIMITED", 4_000);
    expect(follow(way([candidate("a"), candidate("b")]), limited, "UPSTREAM_UNAVAILABLE").slice(0, 3)).toEqual([
      "a@somewhere",
      "a@somewhere after 4000",
      "b@somewhere",
    ]);
  });

  it("leaves a place that asks for a long pause for last, and waits for it only when nothing else is left", () => {
    const limited = failure("UPSTREAM_RATE_LIMITED", 20_000);
    const stops = follow(way([candidate("a"), candidate("b")]), limited, "UPSTREAM_AUTHENTICATION", limited);
    expect(stops).toEqual(["a@somewhere", "b@somewhere", "a@somewhere after 20000"]);
  });

  it("waits for no place that asks for more time than the caller has", () => {
    const limited = failure("UPSTREAM_RATE_LIMITED", 20_000);
    expect(follow(way([candidate("a"), candidate("b")], 20_000), limited)).toEqual(["a@somewhere", "b@somewhere"]);
    expect(follow(way([candidate("a")], 3_000), failure("UPSTREAM_RATE_LIMITED", 3_000))).toEqual(["a@somewhere"]);
  });

  it("waits for a place whose breaker is open for no longer than the pause that it asked for", () => {
    const itinerary = way([candidate("a")]);
    const stop = itinerary.next() as Stop<Candidate>;
    resilience.fleet.of(stop.deployment).breaker.holdOpen(20_000, "seen");
    itinerary.failed(stop, failure("UPSTREAM_RATE_LIMITED", 20_000));
    expect(told(itinerary.next())).toBe("a@somewhere after 20000");
  });

  it("goes elsewhere after a time-out, and comes back only when nothing else is left", () => {
    expect(follow(way([candidate("a"), candidate("b")]), "UPSTREAM_TIMEOUT", "UPSTREAM_AUTHENTICATION")).toEqual([
      "a@somewhere",
      "b@somewhere",
      "a@somewhere after 100",
    ]);
  });

  it("leads only to larger models after the context was too long", () => {
    const chain = [
      candidate("small", { contextWindow: 8_000, deployments: [at("small", "one"), at("small", "two")] }),
      candidate("as small", { contextWindow: 8_000 }),
      candidate("large", { contextWindow: 32_000 }),
    ] as const;
    expect(follow(way(chain), "UPSTREAM_CONTEXT_LENGTH")).toEqual(["small@one", "large@somewhere"]);
  });

  it("asks the same model elsewhere where it does not answer at one provider", () => {
    expect(follow(way([twoProviders("a"), candidate("b")]), "UPSTREAM_AUTHENTICATION")).toEqual([
      "a@one",
      "a@two",
      "b@somewhere",
    ]);
  });

  it("leads to one open place where the retry budget is empty: an outage of all is not multiplied", () => {
    begin({ retry: { ...resiliencePolicy.retry, budget: { share: 0, floor: 0, windowMs: 10_000 } } });
    const chain = [candidate("a"), candidate("b"), candidate("c")] as const;
    for (const one of chain) breakAt(one);
    expect(follow(way(chain))).toEqual(["a@somewhere"]);
  });

  it("leads to places whose breakers are open as a last resort, once each", () => {
    const [a, b] = [candidate("a"), candidate("b")];
    breakAt(a);
    expect(follow(way([a, b]))).toEqual(["b@somewhere", "b@somewhere after 100", "a@somewhere"]);
    breakAt(b);
    expect(follow(way([a, b]))).toEqual(["a@somewhere", "b@somewhere"]);
  });

  it("leads to no place that has said what no model will answer", () => {
    const itinerary = way([candidate("a")]);
    itinerary.failed(itinerary.next() as Stop<Candidate>, failure("UPSTREAM_CONTENT_FILTER"));
    expect(itinerary.next()).toBeUndefined();
  });

  it("goes straight on where the retry budget is empty", () => {
    begin({ retry: { ...resiliencePolicy.retry, budget: { share: 0, floor: 1, windowMs: 10_000 } } });
    expect(follow(way([candidate("a"), candidate("b")]))).toEqual([
      "a@somewhere",
      "a@somewhere after 100",
      "b@somewhere",
    ]);
    expect(follow(way([candidate("a"), candidate("b")]))).toEqual(["a@somewhere", "b@somewhere"]);
  });

  it("counts going elsewhere as no retry", () => {
    begin({ retry: { ...resiliencePolicy.retry, budget: { share: 0, floor: 0, windowMs: 10_000 } } });
    const chain = [twoProviders("a"), twoProviders("b"), candidate("c")] as const;
    expect(follow(way(chain))).toHaveLength(5);
  });

  it("asks each model as often as the policy says, all its providers together", () => {
    begin({ retry: { ...resiliencePolicy.retry, attemptsPerModel: 3 } });
    expect(follow(way([candidate("a")]))).toEqual(["a@somewhere", "a@somewhere after 100", "a@somewhere after 200"]);
    expect(follow(way([twoProviders("b")]))).toHaveLength(3);
    begin({ retry: { ...resiliencePolicy.retry, attemptsPerModel: 1 } });
    expect(follow(way([candidate("a")]))).toEqual(["a@somewhere"]);
  });

  it("says which stops are at a model that was not asked before", () => {
    const itinerary = way([twoProviders("a"), candidate("b")]);
    const isNew: boolean[] = [];
    for (let stop = itinerary.next(); stop; stop = itinerary.next()) {
      isNew.push(stop.isNewModel);
      itinerary.failed(stop, failure("UPSTREAM_UNAVAILABLE"));
    }
    expect(isNew).toEqual([true, false, true, false]);
  });

  it("knows whether a healthy place is left that was not asked", () => {
    const [a, b] = [candidate("a"), candidate("b")];
    const itinerary = way([a, b]);
    itinerary.next();
    expect(itinerary.hasOther()).toBe(true);
    breakAt(b);
    expect(itinerary.hasOther()).toBe(false);
  });

  it("names the models that it passed over because their breakers are open, once it has", () => {
    const [a, b, c] = [candidate("a"), candidate("b"), candidate("c")];
    breakAt(a);
    breakAt(c);
    const itinerary = way([a, b, c]);
    expect(itinerary.spared()).toEqual([]);
    itinerary.next();
    expect(itinerary.spared().map(({ id }) => id)).toEqual(["a"]);
  });

  it("does not call a model spared that is too small, or that was asked in the end", () => {
    const [small, large] = [candidate("small", { contextWindow: 8_000 }), candidate("large")];
    const other = way([large, small, candidate("larger", { contextWindow: 1_000_000 })]);
    other.failed(other.next() as Stop<Candidate>, failure("UPSTREAM_CONTEXT_LENGTH"));
    other.next();
    expect(other.spared()).toEqual([]);
    breakAt(large);
    const itinerary = way([large, small]);
    follow(itinerary);
    expect(itinerary.spared()).toEqual([]);
  });

  describe("beside another", () => {
    it("leads to another model that is healthy, and not there again", () => {
      const [a, b, c] = [twoProviders("a"), candidate("b"), candidate("c")];
      breakAt(b);
      const itinerary = way([a, b, c]);
      const first = itinerary.next() as Stop<Candidate>;
      const other = itinerary.beside(first.choice) as Stop<Candidate>;
      expect(told(other)).toBe("c@somewhere");
      expect(itinerary.beside(first.choice)).toBeUndefined();
    });

    it("keeps a candidate that no hedge is allowed for", () => {
      begin({ hedging: { ...resiliencePolicy.hedging, share: 0 } });
      resilience.hedges.take();
      const itinerary = way([candidate("a"), candidate("b")]);
      const first = itinerary.next() as Stop<Candidate>;
      expect(itinerary.beside(first.choice)).toBeUndefined();
      expect(itinerary.hasOther()).toBe(true);
      itinerary.failed(first, failure("UPSTREAM_AUTHENTICATION"));
      expect(told(itinerary.next())).toBe("b@somewhere");
    });

    it("takes no hedge where there is no candidate", () => {
      begin({ hedging: { ...resiliencePolicy.hedging, share: 0 } });
      const alone = way([candidate("a")]);
      alone.beside((alone.next() as Stop<Candidate>).choice);
      expect(resilience.hedges.take()).toBe(true);
    });

    it("can come back to a place that was dropped when another was sooner", () => {
      const itinerary = way([candidate("a"), candidate("b")]);
      const slow = itinerary.next() as Stop<Candidate>;
      const winner = itinerary.beside(slow.choice) as Stop<Candidate>;
      itinerary.failed(winner, failure("UPSTREAM_BROKEN_ANSWER").meaning("elsewhere"));
      expect(told(itinerary.next())).toBe("a@somewhere after 100");
    });
  });

  describe("when to come back", () => {
    const comeBack = (itinerary: Itinerary<Candidate>, ...failures: AttemptFailure[]) => {
      follow(itinerary, ...failures);
      return itinerary.comeBackAtMs();
    };
    const limited = (retryAfterMs?: number) => failure("UPSTREAM_RATE_LIMITED", retryAfterMs);

    it("is not known where nobody said it", () => {
      expect(comeBack(way([candidate("a")]), limited())).toBeUndefined();
    });

    it("is when the first of the providers is ready", () => {
      clock.advance(1_000);
      const chain = [candidate("a"), candidate("b"), candidate("c")] as const;
      const itinerary = way(chain, 6_000);
      expect(comeBack(itinerary, limited(30_000), limited(7_000), limited(90_000))).toBe(8_000);
    });

    it("is what a provider said last, where it was asked twice", () => {
      expect(comeBack(way([candidate("a")]), limited(1_000), limited(9_000))).toBe(10_000);
      expect(comeBack(way([candidate("b")]), limited(1_000), limited())).toBeUndefined();
    });

    it("may have come already", () => {
      const itinerary = way([candidate("a"), candidate("b")]);
      itinerary.failed(itinerary.next() as Stop<Candidate>, limited(1_000));
      clock.advance(5_000);
      expect(itinerary.comeBackAtMs()).toBe(1_000);
    });
  });
});
