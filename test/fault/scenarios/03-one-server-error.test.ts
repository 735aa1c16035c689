import { expectCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { healthy } from "../provider/answers.ts";
import { refuses } from "../provider/refusals.ts";
import { inTurn } from "../provider/scripts.ts";

row("one 500", (bench) => {
  eachWay(ways, "is tried once more, and the same model answers", async (way) => {
    const cast = bench().cast({ primary: inTurn(refuses(500), healthy()) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.primary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_UNAVAILABLE"],
      [cast.primary, "ok"],
    ]);
    await expectCached(bench(), cast, told);
  });
});
