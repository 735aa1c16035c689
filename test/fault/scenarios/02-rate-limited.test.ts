import { expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { rateLimited } from "../provider/refusals.ts";

row("a 429 that stays and does not say when to come again", (bench) => {
  eachWay(ways, "is tried once more, then the next model answers", async (way) => {
    const cast = bench().cast({ primary: rateLimited() });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_RATE_LIMITED"],
      [cast.primary, "UPSTREAM_RATE_LIMITED"],
      [cast.secondary, "ok"],
    ]);
    await expectNotCached(bench(), cast, told);
  });
});
