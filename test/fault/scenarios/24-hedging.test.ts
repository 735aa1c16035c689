import { expect } from "vitest";
import type { Bench, Cast, Told } from "../harness/bench.ts";
import { billOf, expectHonestBill } from "../harness/billing.ts";
import { expectTries, expectWhole } from "../harness/expectations.ts";
import { limits, patientProvider, router } from "../harness/fault-config.ts";
import { droppedAfter, expectPrompt, hangUp } from "../harness/hang-up.ts";
import { type Way, ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { counterOf, spanEventsOf } from "../harness/telemetry.ts";
import { until } from "../harness/until.ts";
import { healthy } from "../provider/answers.ts";
import { errorAfter, silent } from "../provider/breaks.ts";
import { refuses } from "../provider/refusals.ts";
import { after } from "../provider/scripts.ts";

const minSamples = 4;
const minDelayMs = 150;
const hedged = (config: object) =>
  router({ hedging: { enabled: true, minSamples, minDelayMs, share: 1 } })(patientProvider(config));
/** Later than any hedge begins, sooner than any time-out. */
const slow = after(limits.totalMs, healthy());

row(
  "a model that is slower than it usually is",
  (bench) => {
    eachWay(ways, "is raced by the next, whose answer wins, and both are accounted for", async (way) => {
      await expectPrompt(async () => {
        const cast = await warmCast(bench(), way);
        bench().direct(cast, "primary", silent());
        const told = await bench().ask(way, cast);
        expectWhole(told, cast.secondary);
        await expectLegs(bench(), cast, told, [
          [cast.primary, "CANCELLED", false],
          [cast.secondary, "ok", true],
        ]);
        const labels = { "switchyard.from_model": cast.primary, "switchyard.model": cast.secondary };
        expect(await spanEventsOf(bench(), told, "switchyard.hedged")).toEqual([labels]);
        const counted = { switchyard_from_model: cast.primary, switchyard_model: cast.secondary };
        expect(await counterOf(bench(), "switchyard_hedges_total", counted)).toBe(1);
        const loser = await until(
          () => bench().served(cast, "primary").at(-1),
          (served) => served?.closedMs !== undefined,
        );
        expect(loser?.isAbandoned).toBe(true);
        return (loser?.closedMs ?? Number.POSITIVE_INFINITY) - (bench().served(cast, "secondary")[0]?.closedMs ?? 0);
      });
    });

    eachWay(ways, "still wins where the other only has an error to show", async (way) => {
      for (const failing of [errorAfter(0), refuses(503), refuses(400, { type: "invalid_request_error" })]) {
        const cast = await warmCast(bench(), way);
        bench().direct(cast, "primary", slow);
        bench().direct(cast, "secondary", failing);
        const told = await bench().ask(way, cast);
        expectWhole(told, cast.primary);
        expect(bench().served(cast, "secondary")).toHaveLength(1);
        expect(told.report?.attempts.at(-1)).toMatchObject({ model: cast.primary, outcome: "ok", hedge: false });
      }
    });

    eachWay(ways, "leaves the answer to the other where it fails itself", async (way) => {
      const cast = await warmCast(bench(), way);
      bench().direct(cast, "primary", after(limits.totalMs, refuses(503)));
      bench().direct(cast, "secondary", after(limits.totalMs * 1.5, healthy()));
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
    });

    eachWay(ways, "is hung up on with the other when the caller hangs up", async (way) => {
      await expectPrompt(async () => {
        const cast = await warmCast(bench(), way);
        bench().direct(cast, "primary", silent());
        bench().direct(cast, "secondary", silent());
        const { told, hungUpMs } = await hangUp(bench(), way, cast, () => bench().served(cast, "secondary").length > 0);
        const lateMs = await droppedAfter(bench(), cast, hungUpMs, 2);
        await expectLegs(bench(), cast, told, [
          [cast.primary, "CANCELLED", false],
          [cast.secondary, "CANCELLED", true],
        ]);
        return lateMs;
      });
    });
  },
  hedged,
);

row("a slow model, by default", (bench) => {
  eachWay(ways, "is waited for alone", async (way) => {
    const cast = await warmCast(bench(), way);
    bench().direct(cast, "primary", after(limits.firstTokenMs / 2, healthy()));
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.primary);
    await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
    expect(bench().served(cast, "secondary")).toEqual([]);
  });
});

/** A cast whose first model is known to be quick. */
async function warmCast(bench: Bench, way: Way): Promise<Cast> {
  const cast = bench.cast({ primary: healthy() });
  for (let number = 0; number < minSamples; number++) {
    const told = await bench.ask(way, cast, { question: `${cast.question} Before that, ${number}.` });
    expectWhole(told, cast.primary);
  }
  return cast;
}

type Leg = readonly [model: string, outcome: string, isHedge: boolean];

/** Both legs are in the report and in the ledger, in whatever order they ended. */
async function expectLegs(bench: Bench, cast: Cast, told: Told, legs: readonly Leg[]): Promise<void> {
  const sorted = (all: readonly (readonly unknown[])[]) => all.map((one) => one.join(" ")).toSorted();
  if (told.report && told.hasEndedCleanly) {
    const reported = told.report.attempts.map(({ model, outcome, hedge }): Leg => [model, outcome, hedge]);
    expect(sorted(reported)).toEqual(sorted(legs));
  }
  const bill = await billOf(bench, told, legs.length);
  expect(sorted(bill.map(({ model, outcome }) => [model, outcome]))).toEqual(
    sorted(legs.map(([model, outcome]) => [model, outcome])),
  );
  expectHonestBill(bench, cast, told, bill);
}
