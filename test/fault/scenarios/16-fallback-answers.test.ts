import { expect } from "vitest";
import { billOf } from "../harness/billing.ts";
import { expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { resets } from "../provider/breaks.ts";
import { refuses } from "../provider/refusals.ts";
import { inTurn } from "../provider/scripts.ts";
import { answerTokens } from "../provider/writing.ts";

row("an answer of the fallback", (bench) => {
  eachWay(ways, "is reported as the fallback's, and only it is billed", async (way) => {
    const cast = bench().cast({ primary: inTurn(refuses(500), resets()) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    expect(told).toMatchObject({
      announcedModel: cast.secondary,
      answeringModel: cast.secondary,
      report: { model: cast.secondary, provider: "fault" },
      usage: { outputTokens: answerTokens },
    });
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_UNAVAILABLE"],
      [cast.primary, "UPSTREAM_CONNECTION"],
      [cast.secondary, "ok"],
    ]);
    const bill = await billOf(bench(), told, 3);
    expect(bill.map(({ costUsdNanos }) => costUsdNanos > 0n)).toEqual([false, false, true]);
    expect(bill.map(({ baselineCostUsdNanos }) => baselineCostUsdNanos > 0n)).toEqual([false, false, true]);
    await expectNotCached(bench(), cast, told);
  });
});
