import { expect } from "vitest";
import { expectBroken, expectContinued, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays, ways, wholeWays } from "../harness/heard.ts";
import { eachRescue } from "../harness/rescue.ts";
import { eachWay, row } from "../harness/row.ts";
import { cutAfter, withoutDone } from "../provider/breaks.ts";
import { textBetween } from "../provider/writing.ts";

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

row("a stream that is cut after tokens went out", (bench) => {
  eachRescue(bench, "by default", { behaviour: cutAfter(40), tokens: 40, reason: "UPSTREAM_BROKEN_ANSWER" });

  eachWay(streamedWays, "is told with the tokens of both, though neither provider tells its own", async (way) => {
    const cast = bench().cast({ primary: cutAfter(20), secondary: withoutDone(40, "stop") });
    const told = await bench().ask(way, cast);
    expectContinued(told, cast, { tokens: 20, method: "prompt" });
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
      [cast.secondary, "ok"],
    ]);
  });

  eachWay(streamedWays, "twice is written by three models", async (way) => {
    const cast = bench().cast({ primary: cutAfter(20), secondary: cutAfter(25) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.large);
    const [first, second] = [textBetween(0, 20).length, textBetween(0, 45).length];
    expect(told.report?.continuations).toEqual([
      { from: cast.primary, to: cast.secondary, method: "prompt", afterCharacters: first },
      { from: cast.secondary, to: cast.large, method: "prompt", afterCharacters: second },
    ]);
    expect(told.newsAt).toEqual([first, second]);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
      [cast.secondary, "UPSTREAM_BROKEN_ANSWER"],
      [cast.large, "ok"],
    ]);
    await expectNotCached(bench(), cast, told);
  });
});
