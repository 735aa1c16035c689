import { expect } from "vitest";
import { expectNotCached, expectTries } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { healthy } from "../provider/answers.ts";
import { contentFilter } from "../provider/refusals.ts";
import { answerTokens } from "../provider/writing.ts";

row("a content filter", (bench) => {
  eachWay(ways, "that refuses the prompt is not argued with, and its reason is kept", async (way) => {
    const cast = bench().cast({ primary: contentFilter() });
    const told = await bench().ask(way, cast);
    expect(told).toMatchObject({
      text: "",
      hasEndedCleanly: false,
      error: {
        reason: "UPSTREAM_CONTENT_FILTER",
        status: way.protocol === "grpc" ? 3 : 400,
        message: expect.stringContaining("content management policy"),
      },
    });
    await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_CONTENT_FILTER"]]);
    expect(bench().served(cast)).toHaveLength(1);
    await expectNotCached(bench(), cast, told);
  });

  eachWay(ways, "that stops the answer is told as its finish reason, is billed and not kept", async (way) => {
    const cast = bench().cast({ primary: healthy("content_filter") });
    const told = await bench().ask(way, cast);
    expect(told).toMatchObject({ finishReason: "content_filter", hasEndedCleanly: true, error: undefined });
    expect(told.usage?.outputTokens).toBe(answerTokens);
    await expectTries(bench(), cast, told, [[cast.primary, "ok"]]);
    await expectNotCached(bench(), cast, told);
  });
});
