import { expect } from "vitest";
import { expectBroken, expectContinued, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays, ways, wholeWays } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { cutAfter } from "../provider/breaks.ts";

row(
  "an answer that is cut",
  (bench) => {
    eachWay(wholeWays, "in the middle is asked for again, then of the next model", async (way) => {
      const cast = bench().cast({ primary: cutAfter(40) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.secondary, "ok"],
      ]);
      await expectNotCached(bench(), cast, told);
    });

    eachWay(ways, "before its first token leaves the answer to the next model", async (way) => {
      const cast = bench().cast({ primary: cutAfter(0) });
      expectWhole(await bench().ask(way, cast), cast.secondary);
    });

    eachWay(streamedWays, "after tokens went out never looks whole, is billed and not kept", async (way) => {
      const cast = bench().cast({ primary: cutAfter(40) });
      const told = await bench().ask(way, cast);
      expectBroken(told, 40);
      expect(told.error?.metadata).toMatchObject({ model: cast.primary, cause: "UPSTREAM_BROKEN_ANSWER" });
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_BROKEN_ANSWER"]]);
      await expectNotCached(bench(), cast, told);
    });
  },
  rescueOff,
);

row("a cut stream, by default", (bench) => {
  eachWay(streamedWays, "is gone on with by a model that is told to continue", async (way) => {
    const cast = bench().cast({ primary: cutAfter(40) });
    const told = await bench().ask(way, cast);
    expectContinued(told, cast, { tokens: 40, method: "prompt" });
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
      [cast.secondary, "ok"],
    ]);
    expect(bench().served(cast)).toHaveLength(2);
    await expectNotCached(bench(), cast, told);
  });

  eachWay(streamedWays, "is gone on with by a model that takes the beginning for its own", async (way) => {
    const cast = bench().cast({ opener: cutAfter(40) });
    const told = await bench().ask(way, cast, { role: "opener" });
    expectContinued(told, cast, { from: "opener", by: "prefiller", tokens: 40, method: "prefill" });
    await expectTries(bench(), cast, told, [
      [cast.opener, "UPSTREAM_BROKEN_ANSWER"],
      [cast.prefiller, "ok"],
    ]);
    await expectNotCached(bench(), cast, told, "opener");
  });
});
