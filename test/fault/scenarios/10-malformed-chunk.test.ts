import { expectBroken, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays, ways } from "../harness/heard.ts";
import { eachRescue } from "../harness/rescue.ts";
import { eachWay, row } from "../harness/row.ts";
import { malformedAfter } from "../provider/breaks.ts";

row(
  "a malformed piece of an answer",
  (bench) => {
    eachWay(ways, "before the first token leaves the answer to the next model", async (way) => {
      const cast = bench().cast({ primary: malformedAfter(0) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.secondary, "ok"],
      ]);
    });

    eachWay(streamedWays, "in the middle of a stream ends it with an error, whatever comes after", async (way) => {
      const cast = bench().cast({ primary: malformedAfter(20) });
      const told = await bench().ask(way, cast);
      expectBroken(told, 20);
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_BROKEN_ANSWER"]]);
      await expectNotCached(bench(), cast, told);
    });
  },
  rescueOff,
);

row("a malformed piece in the middle of a stream", (bench) => {
  eachRescue(bench, "by default", { behaviour: malformedAfter(20), tokens: 20, reason: "UPSTREAM_BROKEN_ANSWER" });
});
