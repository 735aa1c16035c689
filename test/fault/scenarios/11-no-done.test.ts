import { expect } from "vitest";
import { expectBroken, expectCached, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays } from "../harness/heard.ts";
import { eachRescue } from "../harness/rescue.ts";
import { eachWay, row } from "../harness/row.ts";
import { withoutDone } from "../provider/breaks.ts";
import { answerTokens } from "../provider/writing.ts";

row(
  "a stream that ends without [DONE]",
  (bench) => {
    eachWay(streamedWays, "is whole if the model said that it had finished", async (way) => {
      const cast = bench().cast({ primary: withoutDone(answerTokens, "stop") });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.primary);
      await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
      await expectCached(bench(), cast, told);
    });

    eachWay(streamedWays, "is broken if the model never said so, however orderly the connection ended", async (way) => {
      const cast = bench().cast({ primary: withoutDone(40) });
      const told = await bench().ask(way, cast);
      expectBroken(told, 40);
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_BROKEN_ANSWER"]]);
      await expectNotCached(bench(), cast, told);
    });

    eachWay(streamedWays, "and without a token leaves the answer to the next model", async (way) => {
      const cast = bench().cast({ primary: withoutDone(0) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.secondary, "ok"],
      ]);
    });
  },
  rescueOff,
);

row("a stream that ends in order before its answer does", (bench) => {
  eachRescue(bench, "by default", { behaviour: withoutDone(40), tokens: 40, reason: "UPSTREAM_BROKEN_ANSWER" });

  eachWay(streamedWays, "is not gone on with where the model said that it had finished", async (way) => {
    const cast = bench().cast({ primary: withoutDone(answerTokens, "stop") });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.primary);
    expect(told).toMatchObject({ newsAt: [], report: { continuations: [] } });
    await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
  });
});
