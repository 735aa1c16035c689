import { expect } from "vitest";
import { expectNotCached, expectTries } from "../harness/expectations.ts";
import { ways } from "../harness/heard.ts";
import { eachWay, row } from "../harness/row.ts";
import { malformedAfter, resets } from "../provider/breaks.ts";
import { rateLimited, refuses } from "../provider/refusals.ts";

row("failure of every candidate", (bench) => {
  eachWay(ways, "is one error that lists the attempts, and costs nothing", async (way) => {
    const cast = bench().cast({ primary: refuses(503), secondary: resets(), large: malformedAfter(0) });
    const tries = [
      [cast.primary, "UPSTREAM_UNAVAILABLE"],
      [cast.primary, "UPSTREAM_UNAVAILABLE"],
      [cast.secondary, "UPSTREAM_CONNECTION"],
      [cast.secondary, "UPSTREAM_CONNECTION"],
      [cast.large, "UPSTREAM_BROKEN_ANSWER"],
      [cast.large, "UPSTREAM_BROKEN_ANSWER"],
    ] as const;
    const told = await bench().ask(way, cast);
    expect(told).toMatchObject({ text: "", hasEndedCleanly: false });
    expect(told.error).toMatchObject({
      reason: "ALL_CANDIDATES_FAILED",
      status: way.protocol === "grpc" ? 14 : 503,
      metadata: Object.fromEntries(tries.map((attempt, index) => [`attempt.${index + 1}`, attempt.join(" ")])),
    });
    await expectTries(bench(), cast, told, tries);
    await expectNotCached(bench(), cast, told);
  });

  eachWay(ways, "by their rates is told apart from failure, and lists the attempts, too", async (way) => {
    const limited = rateLimited();
    const cast = bench().cast({ primary: limited, secondary: limited, large: limited });
    const tries = [cast.primary, cast.primary, cast.secondary, cast.secondary, cast.large, cast.large].map(
      (model) => [model, "UPSTREAM_RATE_LIMITED"] as const,
    );
    const told = await bench().ask(way, cast);
    expect(told.error).toMatchObject({
      reason: "ALL_CANDIDATES_RATE_LIMITED",
      status: way.protocol === "grpc" ? 8 : 429,
      message: expect.stringContaining(tries.map((attempt) => attempt.join(": ")).join(", ")),
      metadata: Object.fromEntries(tries.map((attempt, index) => [`attempt.${index + 1}`, attempt.join(" ")])),
    });
    await expectTries(bench(), cast, told, tries);
    await expectNotCached(bench(), cast, told);
  });
});
