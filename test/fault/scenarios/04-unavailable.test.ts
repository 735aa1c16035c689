import { expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { refuses } from "../provider/refusals.ts";

row("a 503 that stays", (bench) => {
  eachWay(ways, "is tried once more, then the next model answers", async (way) => {
    const cast = bench().cast({ primary: refuses(503) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_UNAVAILABLE"],
      [cast.primary, "UPSTREAM_UNAVAILABLE"],
      [cast.secondary, "ok"],
    ]);
    await expectNotCached(bench(), cast, told);
  });
});
