import { describe, expect, it } from "vitest";
import type { Bench, Cast, Told } from "../harness/bench.ts";
import { expectNotCached, expectTries } from "../harness/expectations.ts";
import type { Way } from "../harness/heard.ts";
import { streamedWays, ways, wholeWays } from "../harness/heard.ts";
import { row } from "../harness/row.ts";
import { until } from "../harness/until.ts";
import { late, steady } from "../provider/answers.ts";
import { silent, stallsAfter } from "../provider/breaks.ts";
import { rateLimited, refuses } from "../provider/refusals.ts";

/** How soon after the caller the upstream socket must be closed, in milliseconds. */
const closesWithinMs = 100;

/** Asks, hangs up once `isTime`, and returns what came of it and when the caller hung up. */
async function hangUp(bench: Bench, way: Way, cast: Cast, isTime: (heard: number) => boolean) {
  const caller = new AbortController();
  let heard = 0;
  const onText = (characters: number) => {
    heard = characters;
  };
  const asking = bench.ask(way, cast, { signal: caller.signal, onText });
  await until(
    () => heard,
    () => isTime(heard),
  );
  const hungUpMs = performance.now();
  caller.abort();
  const told: Told = await asking;
  expect(told).toMatchObject({ hasEndedCleanly: false, error: { reason: "CANCELLED" } });
  return { told, hungUpMs };
}

/** The last request of a cast was dropped by the platform, soon after the caller hung up. */
async function expectClosed(bench: Bench, cast: Cast, hungUpMs: number): Promise<void> {
  const last = await until(
    () => bench.served(cast).at(-1),
    (served) => served?.closedMs !== undefined,
  );
  expect(last?.isAbandoned).toBe(true);
  expect((last?.closedMs ?? Number.POSITIVE_INFINITY) - hungUpMs).toBeLessThan(closesWithinMs);
}

row("a caller that hangs up", (bench) => {
  const title = "closes the upstream socket and settles ($protocol, streamed: $isStreamed)";

  describe("before the provider says anything", () => {
    it.each(ways)(title, async (way) => {
      const cast = bench().cast({ primary: silent() });
      const { told, hungUpMs } = await hangUp(bench(), way, cast, () => bench().served(cast).length > 0);
      await expectClosed(bench(), cast, hungUpMs);
      await expectTries(bench(), cast, told, [[cast.primary, "CANCELLED"]]);
      await expectNotCached(bench(), cast, told);
    });
  });

  describe("between the head and the first token", () => {
    it.each(streamedWays)(title, async (way) => {
      const cast = bench().cast({ primary: late(60_000) });
      const hasHead = () => bench().served(cast)[0]?.status === 200;
      const { told, hungUpMs } = await hangUp(bench(), way, cast, hasHead);
      await expectClosed(bench(), cast, hungUpMs);
      await expectTries(bench(), cast, told, [[cast.primary, "CANCELLED"]]);
    });
  });

  describe("in the middle of a stream", () => {
    it.each(streamedWays)(title, async (way) => {
      const cast = bench().cast({ primary: steady(50, 2) });
      const { told, hungUpMs } = await hangUp(bench(), way, cast, (heard) => heard > 20);
      await expectClosed(bench(), cast, hungUpMs);
      await expectTries(bench(), cast, told, [[cast.primary, "CANCELLED"]]);
      await expectNotCached(bench(), cast, told);
    });
  });

  describe("in the middle of the body of a whole answer", () => {
    it.each(wholeWays)(title, async (way) => {
      const cast = bench().cast({ primary: stallsAfter(40) });
      const hasBody = () => (bench().served(cast)[0]?.completionTokens ?? 0) > 0;
      const { told, hungUpMs } = await hangUp(bench(), way, cast, hasBody);
      await expectClosed(bench(), cast, hungUpMs);
      await expectTries(bench(), cast, told, [[cast.primary, "CANCELLED"]]);
    });
  });

  describe("while the fallback is asked", () => {
    it.each(ways)(title, async (way) => {
      const cast = bench().cast({ primary: refuses(503), secondary: silent() });
      const isAsked = () => bench().served(cast, "secondary").length > 0;
      const { told, hungUpMs } = await hangUp(bench(), way, cast, isAsked);
      await expectClosed(bench(), cast, hungUpMs);
      await expectTries(bench(), cast, told, [
        [cast.primary, "UPSTREAM_UNAVAILABLE"],
        [cast.primary, "UPSTREAM_UNAVAILABLE"],
        [cast.secondary, "CANCELLED"],
      ]);
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
    const reserved = async () => (await bench().network.budget.getUsage({ tenant: "acme", user: "" })).reserved?.tokens;
    expect(await until(reserved, (tokens) => tokens === 0n)).toBe(0n);
  });
});
