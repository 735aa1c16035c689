import { GetUsageRequest } from "@switchyard/contracts/budget/v1/budget";
import { describe, expect, it } from "vitest";
import type { Cast } from "../harness/bench.ts";
import { expectNotCached, expectTries, type Try } from "../harness/expectations.ts";
import type { Role } from "../harness/fault-config.ts";
import { droppedAfter, expectPrompt, hangUp } from "../harness/hang-up.ts";
import { streamedWays, type Way, ways, wholeWays } from "../harness/heard.ts";
import { row } from "../harness/row.ts";
import { until } from "../harness/until.ts";
import { late, steady } from "../provider/answers.ts";
import { cutAfter, silent, stallsAfter } from "../provider/breaks.ts";
import type { Behaviour } from "../provider/exchange.ts";
import { rateLimited, refuses } from "../provider/refusals.ts";
import type { Served } from "../provider/served.ts";
import { textBetween } from "../provider/writing.ts";

/** A moment at which a caller hangs up. */
interface Stage {
  readonly when: string;
  readonly of: readonly Way[];
  readonly scripts: Partial<Record<Role, Behaviour>>;
  /** Whether it has come, by what the provider served and by the characters that the caller heard. */
  readonly hasCome: (served: readonly Served[], heard: number) => boolean;
  readonly tries: (cast: Cast) => readonly Try[];
}

const cancelled = (cast: Cast): readonly Try[] => [[cast.primary, "CANCELLED"]];

const brokenThenCancelled = ({ primary, secondary }: Cast): readonly Try[] => [
  [primary, "UPSTREAM_BROKEN_ANSWER"],
  [secondary, "CANCELLED"],
];

const stages: readonly Stage[] = [
  {
    when: "before the provider says anything",
    of: ways,
    scripts: { primary: silent() },
    hasCome: (served) => served.length > 0,
    tries: cancelled,
  },
  {
    when: "between the head and the first token",
    of: streamedWays,
    scripts: { primary: late(60_000) },
    hasCome: ([served]) => served?.status === 200,
    tries: cancelled,
  },
  {
    when: "in the middle of a stream",
    of: streamedWays,
    scripts: { primary: steady(50, 2) },
    hasCome: (_, heard) => heard > 20,
    tries: cancelled,
  },
  {
    when: "in the middle of the body of a whole answer",
    of: wholeWays,
    scripts: { primary: stallsAfter(40) },
    hasCome: ([served]) => (served?.completionTokens ?? 0) > 0,
    tries: cancelled,
  },
  {
    when: "while the fallback is asked",
    of: ways,
    scripts: { primary: refuses(503), secondary: silent() },
    hasCome: (served) => served.length === 3,
    tries: ({ primary, secondary }) => [
      [primary, "UPSTREAM_UNAVAILABLE"],
      [primary, "UPSTREAM_UNAVAILABLE"],
      [secondary, "CANCELLED"],
    ],
  },
  {
    when: "while another model is asked to go on",
    of: streamedWays,
    scripts: { primary: cutAfter(20), secondary: silent() },
    hasCome: (served) => served.length === 2,
    tries: brokenThenCancelled,
  },
  {
    when: "while another model goes on",
    of: streamedWays,
    scripts: { primary: cutAfter(20), secondary: steady(50, 2) },
    hasCome: (_, heard) => heard > textBetween(0, 40).length,
    tries: brokenThenCancelled,
  },
];

row("a caller that hangs up", (bench) => {
  describe.each(stages)("$when", ({ of, scripts, hasCome, tries }) => {
    it.each(of)("closes the upstream socket and settles ($protocol, streamed: $isStreamed)", async (way) => {
      await expectPrompt(async () => {
        const cast = bench().cast(scripts);
        const { told, hungUpMs } = await hangUp(bench(), way, cast, (heard) => hasCome(bench().served(cast), heard));
        const lateMs = await droppedAfter(bench(), cast, hungUpMs);
        await expectTries(bench(), cast, told, tries(cast));
        await expectNotCached(bench(), cast, told);
        return lateMs;
      });
    });
  });

  describe("in the pause before another try", () => {
    it.each(ways)("has it not made ($protocol, streamed: $isStreamed)", async (way) => {
      const cast = bench().cast({ primary: rateLimited("1") });
      const isPausing = () => performance.now() - (bench().served(cast)[0]?.closedMs ?? Number.POSITIVE_INFINITY) > 400;
      const { told } = await hangUp(bench(), way, cast, isPausing);
      await expectTries(bench(), cast, told, [[cast.primary, "UPSTREAM_RATE_LIMITED"]]);
      expect(bench().served(cast)).toHaveLength(1);
    });
  });

  it("leaves nothing reserved", async () => {
    const reserved = async () =>
      (await bench().network.budget.getUsage(GetUsageRequest.create({ tenant: "acme" }))).reserved?.tokens;
    expect(await until(reserved, (tokens) => tokens === 0n)).toBe(0n);
  });
});
