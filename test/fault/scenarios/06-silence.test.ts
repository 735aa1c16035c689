import { expect } from "vitest";
import { expectOnlyReadingBilled } from "../harness/billing.ts";
import { expectDropped, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { limits, patientProvider } from "../harness/fault-config.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { silent } from "../provider/breaks.ts";

row("silence", (bench) => {
  eachWay(ways, "is waited for as long as configured, then the next model answers", async (way) => {
    const cast = bench().cast({ primary: silent() });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_TIMEOUT"],
      [cast.secondary, "ok"],
    ]);
    const patienceMs = way.isStreamed ? limits.firstTokenMs : limits.totalMs;
    await expectDropped(bench(), cast, "primary");
    // The provider may have seen them late: half of the time is proof enough that they were waited for.
    for (const { arrivedMs, closedMs } of bench().served(cast, "primary")) {
      expect((closedMs ?? 0) - arrivedMs).toBeGreaterThan(patienceMs / 2);
    }
  });

  eachWay(ways, "of every model ends with an error that still reaches the caller", async (way) => {
    const cast = bench().cast({ primary: silent(), secondary: silent(), large: silent() });
    const told = await bench().ask(way, cast, { deadlineMs: limits.totalMs });
    expect(told).toMatchObject({ text: "", hasEndedCleanly: false, error: { reason: "DEADLINE_EXCEEDED" } });
    expect(told.error?.metadata).toMatchObject({
      "attempt.1": `${cast.primary} UPSTREAM_TIMEOUT`,
      "attempt.2": expect.stringContaining(`${cast.secondary} `),
    });
    expect(told.error?.message).toContain(`${cast.primary}: UPSTREAM_TIMEOUT, ${cast.secondary}: `);
    await expectOnlyReadingBilled(bench(), told);
    expect(
      bench()
        .served(cast)
        .every(({ isAbandoned }) => isAbandoned),
    ).toBe(true);
    await expectNotCached(bench(), cast, told);
  });
});

row(
  "silence, where the provider's limits are far beyond the caller's deadline",
  (bench) => {
    eachWay(ways, "of the first model leaves the second enough time to answer", async (way) => {
      const cast = bench().cast({ primary: silent() });
      const told = await bench().ask(way, cast, { deadlineMs: limits.totalMs });
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_TIMEOUT"],
        [cast.secondary, "ok"],
      ]);
      await expectDropped(bench(), cast, "primary");
      await expectNotCached(bench(), cast, told);
    });

    eachWay(ways, "of two models leaves the third enough time to answer", async (way) => {
      const cast = bench().cast({ primary: silent(), secondary: silent() });
      const told = await bench().ask(way, cast, { deadlineMs: limits.totalMs * 2 });
      expectWhole(told, cast.large);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_TIMEOUT"],
        [cast.secondary, "UPSTREAM_TIMEOUT"],
        [cast.large, "ok"],
      ]);
    });

    eachWay(ways, "of every model ends with an error that lists them", async (way) => {
      const cast = bench().cast({ primary: silent(), secondary: silent(), large: silent() });
      const told = await bench().ask(way, cast, { deadlineMs: limits.totalMs });
      expect(told).toMatchObject({ text: "", hasEndedCleanly: false, error: { reason: "DEADLINE_EXCEEDED" } });
      expect(told.error?.metadata).toMatchObject({
        "attempt.1": `${cast.primary} UPSTREAM_TIMEOUT`,
        "attempt.2": `${cast.secondary} UPSTREAM_TIMEOUT`,
        "attempt.3": expect.stringContaining(`${cast.large} `),
      });
      await expectOnlyReadingBilled(bench(), told);
    });
  },
  patientProvider,
);
