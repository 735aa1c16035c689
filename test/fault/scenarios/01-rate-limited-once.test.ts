import { describe, expect } from "vitest";
import { expectCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { healthy } from "../provider/answers.ts";
import { rateLimited, rateLimitedUntil } from "../provider/refusals.ts";
import { inTurn } from "../provider/scripts.ts";

row("a 429 that says when to come again", (bench) => {
  describe.concurrent.each([
    ["in seconds", rateLimited("1")],
    // A date has whole seconds: one that is two seconds away may be read as little more than one.
    ["as a date", rateLimitedUntil(2)],
  ])("%s", (_, limited) => {
    eachWay(ways, "is obeyed, and the same model answers", async (way) => {
      const cast = bench().cast({ primary: inTurn(limited, healthy()) });
      const told = await bench().ask(way, cast);
      expectWhole(told, cast.primary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_RATE_LIMITED"],
        [cast.primary, "ok"],
      ]);
      const [first, second] = bench().served(cast);
      expect((second?.arrivedMs ?? 0) - (first?.closedMs ?? 0)).toBeGreaterThan(980);
      await expectCached(bench(), cast, told);
    });
  });
});
