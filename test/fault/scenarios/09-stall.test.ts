import { expect } from "vitest";
import { expectBroken, expectDropped, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { limits, rescueOff } from "../harness/fault-config.ts";
import { streamedWays, wholeWays } from "../harness/heard.ts";
import { eachRescue } from "../harness/rescue.ts";
import { eachWay, row } from "../harness/row.ts";
import { stallsAfter } from "../provider/breaks.ts";

row(
  "an answer that stalls",
  (bench) => {
    eachWay(wholeWays, "in the middle is given up in time, and the next model answers", async (way) => {
      const cast = bench().cast({ primary: stallsAfter(40) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_TIMEOUT"],
        [cast.secondary, "ok"],
      ]);
    });

    eachWay(streamedWays, "after tokens went out ends with an error once the limit has passed", async (way) => {
      const cast = bench().cast({ primary: stallsAfter(40) });
      const told = await bench().ask(way, cast);
      expectBroken(told, 40);
      expect(told.error?.metadata).toMatchObject({ model: cast.primary, cause: "UPSTREAM_TIMEOUT" });
      expect(told.tookMs).toBeGreaterThan(limits.stallMs * 0.9);
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_TIMEOUT"]]);
      expect(bench().served(cast)).toHaveLength(1);
      await expectDropped(bench(), cast, "primary");
      await expectNotCached(bench(), cast, told);
    });
  },
  rescueOff,
);

row("a stream that stalls after tokens went out", (bench) => {
  eachRescue(bench, "by default", { behaviour: stallsAfter(40), tokens: 40, reason: "UPSTREAM_TIMEOUT" });
});
