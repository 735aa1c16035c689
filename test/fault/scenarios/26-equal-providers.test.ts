import { expect } from "vitest";
import type { Bench, Cast } from "../harness/bench.ts";
import { expectTries, expectWhole } from "../harness/expectations.ts";
import { type Way, ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { byKey, refuses } from "../provider/refusals.ts";

/** The providers of the first model, told apart by their keys. */
const [east, west, standby] = [0, 1, 2] as const;

/** Two equal providers of unequal weight, and one for when both are down. */
function withEquals(config: object): object {
  const { providers, models } = config as { providers: Record<string, object>; models: { id: string }[] };
  const at = (key: number) => ({ ...providers.fault, keys: [{ env: `FAULT_KEY_${key}` }] });
  const shared = [[{ name: "east", weight: 3 }, "west"], "standby"];
  return {
    ...config,
    providers: { ...providers, east: at(east), west: at(west), standby: at(standby) },
    models: models.map((model) => (model.id.startsWith("primary-") ? { ...model, providers: shared } : model)),
  };
}

row(
  "equal providers of a model",
  (bench) => {
    eachWay(ways, "share its requests by weight", async (way) => {
      const cast = bench().cast();
      await askMany(bench(), way, cast, 40);
      expect(answersOf(bench(), cast, east)).toBeGreaterThanOrEqual(28);
      expect(answersOf(bench(), cast, east)).toBeLessThanOrEqual(32);
      expect(answersOf(bench(), cast, east) + answersOf(bench(), cast, west)).toBe(40);
    });

    eachWay(ways, "stand in for each other at once, and without a wait", async (way) => {
      const cast = bench().cast({ primary: byKey({ [east]: refuses(503) }) });
      const [told] = await askMany(bench(), way, cast, 1);
      if (!told) throw new Error("nobody asked");
      expect(told.report?.provider).toBe("west");
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_UNAVAILABLE"],
        [cast.primary, "ok"],
      ]);
      const later = await askMany(bench(), way, cast, 20);
      expect(later.map(({ report }) => report?.provider)).toEqual(Array.from({ length: 20 }, () => "west"));
      expect(later.at(-1)?.report?.attempts).toHaveLength(1);
      expect(askedAt(bench(), cast, standby)).toBe(0);
      expect(bench().served(cast, "secondary")).toEqual([]);
    });

    eachWay(ways, "leave all to the one that stands by when both are down", async (way) => {
      const cast = bench().cast({ primary: byKey({ [east]: refuses(503), [west]: refuses(503) }) });
      const told = await askMany(bench(), way, cast, 20);
      expect(told.map(({ report }) => report?.provider)).toEqual(Array.from({ length: 20 }, () => "standby"));
      expect(told.at(-1)?.report?.attempts).toHaveLength(1);
      expect(bench().served(cast, "secondary")).toEqual([]);
    });
  },
  withEquals,
);

/** So many questions, one after the other, all answered by the first model wherever it is. */
async function askMany(bench: Bench, way: Way, cast: Cast, count: number) {
  const told = [];
  for (let number = 0; number < count; number++) {
    told.push(await bench.ask(way, cast, { question: `${cast.question} ${count} ${number}` }));
  }
  for (const one of told) expectWhole(one, cast.primary);
  return told;
}

const servedAt = (bench: Bench, cast: Cast, key: number) =>
  bench.served(cast, "primary").filter(({ keyIndex }) => keyIndex === key);
const askedAt = (bench: Bench, cast: Cast, key: number) => servedAt(bench, cast, key).length;
const answersOf = (bench: Bench, cast: Cast, key: number) =>
  servedAt(bench, cast, key).filter(({ status }) => status === 200).length;
