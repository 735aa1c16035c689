import { beforeEach, describe, expect, it } from "vitest";
import { fakeClock, resiliencePolicy } from "../../testing/fixtures.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { spread } from "./spread.ts";

const place = (provider: string, weight = 1) => ({ deployment: { model: "m", provider, rank: 0, weight } });
type Place = ReturnType<typeof place>;

describe("the spread over equal deployments", () => {
  let fleet: Fleet;

  beforeEach(() => {
    fleet = createFleet(resiliencePolicy.breaker, fakeClock(), () => undefined);
  });

  const picks = (count: number, places: readonly Place[]) =>
    Array.from({ length: count }, () => spread(places, fleet).deployment.provider);
  const sharesOf = (picked: readonly string[]) =>
    Object.fromEntries([...new Set(picked)].toSorted().map((one) => [one, picked.filter((it) => it === one).length]));

  it("is exact by weight while nothing piles up", () => {
    expect(sharesOf(picks(600, [place("a", 3), place("b", 2), place("c", 1)]))).toEqual({ a: 300, b: 200, c: 100 });
  });

  it("is smooth: no place is asked twice in a row where its weight does not ask for it", () => {
    expect(picks(6, [place("a"), place("b"), place("c")]).join("")).toBe("abcabc");
  });

  it("gives less to a place that is busy", () => {
    const places = [place("slow"), place("fast")];
    fleet.of((places[0] as Place).deployment).outstanding = 3;
    expect(sharesOf(picks(500, places))).toEqual({ fast: 400, slow: 100 });
  });

  it("keeps a place out for a while without giving it credit for that", () => {
    const places = [place("a"), place("b")];
    picks(10, places);
    picks(100, places.slice(0, 1));
    expect(sharesOf(picks(10, places))).toEqual({ a: 5, b: 5 });
  });

  it("has nothing to pick from nothing", () => {
    expect(() => spread([], fleet)).toThrow(TypeError);
  });
});
