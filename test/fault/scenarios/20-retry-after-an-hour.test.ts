import { expect } from "vitest";
import { expectNotCached, expectTries, expectWhole } from "../harness/expectations.ts";
import { limits } from "../harness/fault-config.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { rateLimited } from "../provider/refusals.ts";

const hour = "3600";

row("a Retry-After of an hour", (bench) => {
  eachWay(ways, "is not waited for: the next model answers at once", async (way) => {
    const cast = bench().cast({ primary: rateLimited(hour) });
    const told = await bench().ask(way, cast);
    expectWhole(told, cast.secondary);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_RATE_LIMITED"],
      [cast.secondary, "ok"],
    ]);
    await expectNotCached(bench(), cast, told);
  });

  eachWay(ways, "is known to the next caller, who is spared the question", async (way) => {
    const cast = bench().cast({ primary: rateLimited(hour) });
    expectWhole(await bench().ask(way, cast), cast.secondary);
    const told = await bench().ask(way, cast, { question: `${cast.question} Again.` });
    expectWhole(told, cast.secondary);
    expect(told.report?.passedOver).toMatchObject([{ model: cast.primary, reason: "unavailable" }]);
    await expectTries(bench(), cast, told, [[cast.secondary, "ok"]]);
    expect(bench().served(cast, "primary")).toHaveLength(1);
  });

  eachWay(ways, "of every model is passed on to the caller, without a wait", async (way) => {
    const limited = rateLimited(hour);
    const cast = bench().cast({ primary: limited, secondary: limited, large: limited });
    const told = await bench().ask(way, cast);
    expect(told.error).toMatchObject({
      reason: "ALL_CANDIDATES_RATE_LIMITED",
      status: way.protocol === "grpc" ? 8 : 429,
    });
    expect(told.error?.retryAfterMs).toBeGreaterThan(3_590_000);
    expect(told.error?.retryAfterMs).toBeLessThanOrEqual(3_600_000);
    expect(told.tookMs).toBeLessThan(limits.maxRetryAfterMs);
    await expectTries(bench(), cast, told, [
      [cast.primary, "UPSTREAM_RATE_LIMITED"],
      [cast.secondary, "UPSTREAM_RATE_LIMITED"],
      [cast.large, "UPSTREAM_RATE_LIMITED"],
    ]);
    await expectNotCached(bench(), cast, told);
  });
});
