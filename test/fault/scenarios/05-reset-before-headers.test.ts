import { expectCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { healthy } from "../provider/answers.ts";
import { resets } from "../provider/breaks.ts";
import { inTurn } from "../provider/scripts.ts";

row("a TCP reset before the headers", (bench) => {
  eachWay(ways, "is tried once more, and the same model answers", async (way) => {
    const cast = bench().cast({ primary: inTurn(resets(), healthy()) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.primary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_CONNECTION"],
      [cast.primary, "ok"],
    ]);
    await expectCached(bench(), cast, told);
  });

  eachWay(ways, "that comes every time leaves the answer to the next model", async (way) => {
    const cast = bench().cast({ primary: resets() });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_CONNECTION"],
      [cast.primary, "UPSTREAM_CONNECTION"],
      [cast.secondary, "ok"],
    ]);
  });
});
