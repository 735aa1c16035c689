import { expectCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { limits, patientProvider } from "../harness/fault-config.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { late } from "../provider/answers.ts";

row("a late first token", (bench) => {
  eachWay(ways, "is waited for within the limit", async (way) => {
    const cast = bench().cast({ primary: late(limits.firstTokenMs * 0.5) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.primary);
    await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
    await expectCached(bench(), cast, told);
  });

  eachWay(ways, "that passes the limit leaves the answer to the next model", async (way) => {
    const cast = bench().cast({ primary: late(limits.totalMs * 3) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_TIMEOUT"],
      [cast.secondary, "ok"],
    ]);
  });
});

row(
  "a first token that comes later than the caller waits, but not than the provider may take",
  (bench) => {
    eachWay(ways, "leaves the second model enough time to answer", async (way) => {
      const cast = bench().cast({ primary: late(limits.totalMs * 3) });
      const told = await bench().ask(way, cast, { deadlineMs: limits.totalMs });
      expectWhole(told, cast.secondary);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_TIMEOUT"],
        [cast.secondary, "ok"],
      ]);
    });

    eachWay(ways, "is waited for where it comes within the first model's share", async (way) => {
      const cast = bench().cast({ primary: late(limits.totalMs / 3) });
      const told = await bench().ask(way, cast, { deadlineMs: limits.totalMs });
      expectWhole(told, cast.primary);
      await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
    });
  },
  patientProvider,
);
