import { expect } from "vitest";
import { expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { contextLength } from "../provider/refusals.ts";

row("a prompt that is too long for the model", (bench) => {
  eachWay(ways, "goes to a larger one at once, past those of the same size", async (way) => {
    const cast = bench().cast({ primary: contextLength() });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.large);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_CONTEXT_LENGTH"],
      [cast.large, "ok"],
    ]);
    expect(bench().served(cast, "secondary")).toEqual([]);
    await expectNotCached(bench(), cast, told);
  });

  eachWay(ways, "is the caller's to shorten where no model is large enough", async (way) => {
    const cast = bench().cast({ primary: contextLength(), large: contextLength() });
    const told = await bench().ask(way, cast);
    expect(told.error).toMatchObject({
      reason: "UPSTREAM_CONTEXT_LENGTH",
      status: way.protocol === "grpc" ? 3 : 400,
      metadata: { "attempt.1": `${cast.primary} UPSTREAM_CONTEXT_LENGTH` },
    });
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_CONTEXT_LENGTH"],
      [cast.large, "UPSTREAM_CONTEXT_LENGTH"],
    ]);
    await expectNotCached(bench(), cast, told);
  });
});
