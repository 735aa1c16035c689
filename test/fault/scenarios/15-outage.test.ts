import { expect } from "vitest";
import type { Bench, Cast, Told } from "../harness/bench.ts";
import { expectWhole } from "../harness/expectations.ts";
import { router } from "../harness/fault-config.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { counterOf, logLines, spanEventsOf } from "../harness/telemetry.ts";
import { until } from "../harness/until.ts";
import { silent } from "../provider/breaks.ts";
import type { Behaviour } from "../provider/exchange.ts";
import { refuses } from "../provider/refusals.ts";
import { whileTrue } from "../provider/scripts.ts";

const openMs = 300;
const minAttempts = 4;
const quickBreaker = router({ breaker: { minAttempts, openMs, maxOpenMs: 60_000 } });

row(
  "an outage of the first model over twenty requests",
  (bench) => {
    eachWay(ways, "is felt by few callers, and the model is used again after it", async (way) => {
      const outage = beginOutage(bench(), refuses(503));
      const told: Told[] = [];
      for (let number = 0; number < 20; number++) told.push(await outage.ask(way));
      for (const one of told) expectWhole(one, outage.cast.secondary);
      expect(bench().served(outage.cast, "secondary")).toHaveLength(20);
      // Two tries each, until the breaker opens.
      expectSpared(bench(), outage.cast, told.slice(minAttempts / 2));
      expect(told.map(({ report }) => report?.attempts.length).slice(0, 2)).toEqual([3, 3]);

      outage.end();
      const recovered = await until(
        () => outage.ask(way),
        ({ report }) => report?.model === outage.cast.primary,
      );
      expectWhole(recovered, outage.cast.primary);
      const after = await outage.ask(way);
      expectWhole(after, outage.cast.primary);
      expect(after.report?.passedOver).toEqual([]);
      await expectNews(bench(), outage.cast, told);
    });

    eachWay(ways, "is felt by few callers where the model only says nothing", async (way) => {
      const outage = beginOutage(bench(), silent());
      const told: Told[] = [];
      for (let number = 0; number < 20; number++) told.push(await outage.ask(way));
      for (const one of told) expectWhole(one, outage.cast.secondary);
      expectSpared(bench(), outage.cast, told.slice(minAttempts));
    });
  },
  quickBreaker,
);

function beginOutage(bench: Bench, behaviour: Behaviour) {
  let isDown = true;
  let number = 0;
  const cast = bench.cast({ primary: whileTrue(() => isDown, behaviour) });
  return {
    cast,
    ask: (way: Told["way"]) => bench.ask(way, cast, { question: `${cast.question} ${number++}` }),
    end: () => {
      isDown = false;
    },
  };
}

/** While the breaker is open callers are spared the first model, but for one probe at a time, ever more rarely. */
function expectSpared(bench: Bench, { primary, secondary }: Cast, told: readonly Told[]): void {
  const probes = told.filter(({ report }) => report?.attempts[0]?.model === primary);
  for (const one of probes) {
    expect(one.report?.attempts.map(({ model }) => model)).toEqual([primary, secondary]);
  }
  for (const one of told.filter((other) => !probes.includes(other))) {
    expect(one.report?.attempts.map(({ model }) => model)).toEqual([secondary]);
    expect(one.report?.passedOver).toMatchObject([{ model: primary, reason: "unavailable" }]);
  }
  const served = bench.servedInAll().filter(({ model }) => model === primary);
  expect(served).toHaveLength(minAttempts + probes.length);
  const lastMs = (told.at(-1)?.askedMs ?? 0) + (told.at(-1)?.tookMs ?? 0);
  // The pauses double: openMs, twice that, ...; so many fit between the first failure and the last answer.
  const longestMs = lastMs - (served[0]?.arrivedMs ?? 0);
  expect(probes.length).toBeLessThanOrEqual(Math.log2(longestMs / openMs + 1));
  expect(probes.length).toBeLessThan(told.length);
}

/** What happened is told by the log, by the counters, and by the spans of the requests that it happened to. */
async function expectNews(bench: Bench, { primary, secondary }: Cast, told: readonly Told[]): Promise<void> {
  const about = (message: string) => logLines(bench, message).filter(({ model, from }) => (model ?? from) === primary);
  expect(about("breaker open")).not.toEqual([]);
  expect(about("breaker closed")).toHaveLength(1);
  expect(about("fallback engaged")).toContainEqual(expect.objectContaining({ from: primary, to: secondary }));
  const counted = (name: string, labels: Record<string, string>) => counterOf(bench, name, labels);
  const opened = about("breaker open").length;
  const changes = "switchyard_breaker_changes_total";
  expect(await counted(changes, { switchyard_model: primary, switchyard_state: "open" })).toBe(opened);
  expect(await counted(changes, { switchyard_model: primary, switchyard_state: "closed" })).toBe(1);
  const fallbacks = { switchyard_from_model: primary, switchyard_model: secondary };
  expect(await counted("switchyard_fallbacks_total", fallbacks)).toBeGreaterThanOrEqual(20);
  const [first, second] = told;
  if (!first || !second) throw new Error("nobody asked");
  expect(await spanEventsOf(bench, first, "switchyard.fallback_engaged")).toMatchObject([
    { "switchyard.from_model": primary, "switchyard.model": secondary, "switchyard.cause": "UPSTREAM_UNAVAILABLE" },
  ]);
  expect(await spanEventsOf(bench, second, "switchyard.breaker_open")).toMatchObject([{ "switchyard.model": primary }]);
}
