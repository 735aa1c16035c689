import { describe, expect } from "vitest";
import { expectBroken, expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { rescueOff } from "../harness/fault-config.ts";
import { streamedWays, ways } from "../harness/heard.ts";
import { eachRescue } from "../harness/rescue.ts";
import { eachWay, row } from "../harness/row.ts";
import { errorAfter } from "../provider/breaks.ts";

const limited = { message: "scripted", type: "rate_limit_error", code: "rate_limit_exceeded" };

row(
  "an error object in a response that says 200",
  (bench) => {
    describe.concurrent.each([
      ["of no kind", "UPSTREAM_UNAVAILABLE", undefined],
      ["of rates", "UPSTREAM_RATE_LIMITED", limited],
    ])("%s", (_, reason, error) => {
      eachWay(ways, "in the place of an answer leaves that to the next model", async (way) => {
        const cast = bench().cast({ primary: errorAfter(0, error) });
        const told = await bench().ask(way, cast);
        expectWhole(told, cast.secondary);
        await expectTries(bench(), cast, told, [
          [cast.primary, reason],
          [cast.primary, reason],
          [cast.secondary, "ok"],
        ]);
      });
    });

    eachWay(streamedWays, "after tokens went out ends the stream with an error, not with its [DONE]", async (way) => {
      const cast = bench().cast({ primary: errorAfter(20) });
      const told = await bench().ask(way, cast);
      expectBroken(told, 20);
      expect(told.error?.metadata).toMatchObject({ cause: "UPSTREAM_UNAVAILABLE" });
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_UNAVAILABLE"]]);
      await expectNotCached(bench(), cast, told);
    });
  },
  rescueOff,
);

row("an error object in the middle of a stream", (bench) => {
  eachRescue(bench, "by default", { behaviour: errorAfter(20), tokens: 20, reason: "UPSTREAM_UNAVAILABLE" });
});
