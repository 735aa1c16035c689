import { describe, expect } from "vitest";
import { expectContinued, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { router } from "../harness/fault-config.ts";
import { streamedWays } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { healthy } from "../provider/answers.ts";
import { cutAfter, errorAfter, malformedAfter, stallsAfter, withoutDone } from "../provider/breaks.ts";
import { inTurn } from "../provider/scripts.ts";

const heldBack = router({ stream: { holdBackTokens: 30, holdBackMs: 5_000 } });

row(
  "a stream that is held back until thirty tokens are there",
  (bench) => {
    describe.concurrent.each([
      ["is cut", cutAfter(20), "UPSTREAM_BROKEN_ANSWER"],
      ["sends half a piece", malformedAfter(20), "UPSTREAM_BROKEN_ANSWER"],
      ["sends an error", errorAfter(20), "UPSTREAM_UNAVAILABLE"],
      ["ends early", withoutDone(20), "UPSTREAM_BROKEN_ANSWER"],
    ])("and %s before that", (_, breaks, reason) => {
      eachWay(streamedWays, "is begun anew, by the same model and then by the next", async (way) => {
        const cast = bench().cast({ primary: breaks });
        const told = await bench().ask(way, cast);
        expectWhole(told, cast.secondary);
        expect(told).toMatchObject({
          announcedModel: cast.secondary,
          answeringModel: cast.secondary,
          newsAt: [],
          report: { continuations: [] },
        });
        await expectTries(bench(), cast, told, [
          [cast.primary, reason],
          [cast.primary, reason],
          [cast.secondary, "ok"],
        ]);
        await expectNotCached(bench(), cast, told);
      });
    });

    eachWay(streamedWays, "and stalls before that is begun anew by the next model", async (way) => {
      const cast = bench().cast({ primary: stallsAfter(20) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.secondary);
      expect(told).toMatchObject({ newsAt: [], report: { continuations: [] } });
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_TIMEOUT"],
        [cast.secondary, "ok"],
      ]);
    });

    eachWay(streamedWays, "and breaks once is begun anew, and kept like any other", async (way) => {
      const cast = bench().cast({ primary: inTurn(cutAfter(29), healthy()) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.primary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.primary, "ok"],
      ]);
    });

    eachWay(streamedWays, "and breaks after that is gone on with", async (way) => {
      const cast = bench().cast({ primary: cutAfter(40) });
      const told = await bench().ask(way, cast);
      expectContinued(told, cast, { tokens: 40, method: "prompt" });
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_BROKEN_ANSWER"],
        [cast.secondary, "ok"],
      ]);
    });
  },
  heldBack,
);
