import { expect } from "vitest";
import { expectBroken, expectContinued, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays, wholeWays } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { cutAfter } from "../provider/breaks.ts";
import { rejectsAssistant, rejectsPrefill } from "../provider/refusals.ts";
import { inTurn } from "../provider/scripts.ts";
import { textBetween } from "../provider/writing.ts";

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

row("a cut stream whose fallback should take a prefill", (bench) => {
  const broken = "UPSTREAM_BROKEN_ANSWER";

  eachWay(streamedWays, "and rejects it is gone on with by the same model, which is told to continue", async (way) => {
    const cast = bench().cast({ opener: cutAfter(40), prefiller: rejectsPrefill() });
    const told = await bench().ask(way, cast, { role: "opener" });
    expectContinued(told, cast, { from: "opener", by: "prefiller", tokens: 40, method: "prompt" });
    await expectTries(bench(), cast, told, [
      [cast.opener, broken],
      [cast.prefiller, "UPSTREAM_INVALID_REQUEST"],
      [cast.prefiller, "ok"],
    ]);
    const asked = bench().served(cast, "prefiller");
    expect(asked.map(({ messages }) => messages.map(({ role }) => role))).toEqual([
      ["user", "assistant"],
      ["user", "assistant", "user"],
    ]);
    expect(asked.map(({ messages }) => messages[1]?.content)).toEqual([textBetween(0, 40), textBetween(0, 40)]);
    await expectNotCached(bench(), cast, told, "opener");
  });

  eachWay(streamedWays, "and rejects every way of going on is gone on with by the next model", async (way) => {
    const cast = bench().cast({ opener: cutAfter(40), prefiller: rejectsAssistant() });
    const told = await bench().ask(way, cast, { role: "opener" });
    expectContinued(told, cast, { from: "opener", tokens: 40, method: "prompt" });
    await expectTries(bench(), cast, told, [
      [cast.opener, broken],
      [cast.prefiller, "UPSTREAM_INVALID_REQUEST"],
      [cast.prefiller, "UPSTREAM_INVALID_REQUEST"],
      [cast.secondary, "ok"],
    ]);
    await expectNotCached(bench(), cast, told, "opener");
  });

  eachWay(streamedWays, "ends with an error, never cleanly, where none goes on, not even the first", async (way) => {
    const rejects = rejectsAssistant();
    const cast = bench().cast({ opener: inTurn(cutAfter(40), rejects), prefiller: rejects, secondary: rejects });
    const told = await bench().ask(way, cast, { role: "opener" });
    expectBroken(told, 40);
    expect(told.newsAt).toEqual([]);
    expect(told.error?.metadata).toMatchObject({
      model: cast.opener,
      cause: broken,
      "attempt.1": `${cast.opener} ${broken}`,
      "attempt.5": `${cast.opener} UPSTREAM_INVALID_REQUEST`,
    });
    await expectTries(bench(), cast, told, [
      [cast.opener, broken],
      [cast.prefiller, "UPSTREAM_INVALID_REQUEST"],
      [cast.prefiller, "UPSTREAM_INVALID_REQUEST"],
      [cast.secondary, "UPSTREAM_INVALID_REQUEST"],
      [cast.opener, "UPSTREAM_INVALID_REQUEST"],
    ]);
    await expectNotCached(bench(), cast, told, "opener");
  });
});
