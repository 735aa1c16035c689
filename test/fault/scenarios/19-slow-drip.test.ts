import { expect } from "vitest";
import { expectBroken, expectCached, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { limits, rescueOff } from "../harness/fault-config.ts";
import { streamedWays, ways } from "../harness/heard.ts";
import { eachRescue } from "../harness/rescue.ts";
import { eachWay, row } from "../harness/row.ts";
import { slowDrip, steady } from "../provider/answers.ts";

/** Between two bytes: often enough to look alive. */
const pauseMs = limits.stallMs / 20;

row(
  "an answer that drips byte by byte",
  (bench) => {
    eachWay(ways, "counts as none, and the next model answers", async (way) => {
      const cast = bench().cast({ primary: slowDrip(pauseMs) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_TIMEOUT"],
        [cast.secondary, "ok"],
      ]);
    });

    eachWay(streamedWays, "after tokens went out counts as stalled", async (way) => {
      const cast = bench().cast({ primary: slowDrip(pauseMs, 20) });
      const told = await bench().ask(way, cast);
      expectBroken(told, 20);
      expect(told.error?.metadata).toMatchObject({ cause: "UPSTREAM_TIMEOUT" });
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_TIMEOUT"]]);
      await expectNotCached(bench(), cast, told);
    });

    eachWay(streamedWays, "is another thing than one that comes slowly but steadily", async (way) => {
      const cast = bench().cast({ primary: steady(limits.stallMs / 6, 6) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.primary);
      await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
      await expectCached(bench(), cast, told);
    });
  },
  rescueOff,
);

row("a stream that begins to drip after tokens went out", (bench) => {
  eachRescue(bench, "by default", { behaviour: slowDrip(pauseMs, 20), tokens: 20, reason: "UPSTREAM_TIMEOUT" });
});
