import { expect } from "vitest";
import { expectBroken, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays, wholeWays } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { cutAfter } from "../provider/breaks.ts";
import { rejectsPrefill } from "../provider/refusals.ts";

row(
  "a cut answer whose fallback takes no prefill",
  (bench) => {
    eachWay(wholeWays, "is asked for anew, in the caller's own words", async (way) => {
      const cast = bench().cast({ primary: cutAfter(40), secondary: rejectsPrefill() });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.secondary, "ok"],
      ]);
      expect(bench().served(cast, "secondary")[0]?.messages).toEqual([{ role: "user", content: cast.question }]);
      await expectNotCached(bench(), cast, told);
    });

    eachWay(streamedWays, "ends with an error where streams are not rescued, the fallback unasked", async (way) => {
      const cast = bench().cast({ primary: cutAfter(40), secondary: rejectsPrefill() });
      const told = await bench().ask(way, cast);
      expectBroken(told, 40);
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_BROKEN_ANSWER"]]);
      expect(bench().served(cast, "secondary")).toEqual([]);
      await expectNotCached(bench(), cast, told);
    });
  },
  rescueOff,
);
