import { beforeEach, describe, expect, it } from "vitest";
import type { Settlement } from "../../ports.ts";
import { chunksIn, settled, textIn } from "../../testing/dispatch-bench.ts";
import {
  economy,
  estimateTokens,
  type FakeClock,
  fakeClock,
  incoming,
  policy,
  recordingObserver,
  resiliencePolicy,
  response,
  usage,
} from "../../testing/fixtures.ts";
import { type FlyingCache, flyingCache, miss } from "../../testing/flying-cache.ts";
import {
  chunk,
  pause,
  pieces,
  type Script,
  type ScriptedProvider,
  scriptedProvider,
  silence,
} from "../../testing/scripted-provider.ts";
import type { Answer } from "../answer.ts";
import { type Background, background } from "../background.ts";
import { complete } from "../complete.ts";
import { createSteps } from "../create-steps.ts";
import { AttemptFailure } from "../dispatch/attempt-failure.ts";
import type { Piece } from "../dispatch/deliver-stream.ts";
import { createResilience } from "../dispatch/resilience.ts";
import { Refusal } from "../refusal.ts";
import type { Incoming } from "../request.ts";

const named = { model: economy.id };

describe("equal requests in flight", () => {
  let clock: FakeClock;
  let cache: FlyingCache;
  let provider: ScriptedProvider;
  let script: Script;
  let settlements: Settlement[];
  let work: Background;
  let requests: number;
  let reserve: () => Promise<{ kind: "granted"; warnings: [] }>;

  beforeEach(() => {
    clock = fakeClock();
    cache = flyingCache(clock);
    script = {};
    provider = scriptedProvider(() => script, clock);
    settlements = [];
    requests = 0;
    reserve = async () => ({ kind: "granted", warnings: [] });
    work = background(
      clock,
      () => true,
      (error) => expect.unreachable(String(error)),
    );
  });

  /** One router of several that share the cache: with its own breakers, and nothing else. */
  const router = () => {
    const observer = recordingObserver();
    const steps = createSteps({
      access: { keys: new Map(), anonymous: { tenant: "local", budgetTier: "pro" } },
      policy,
      cache,
      classifier: { classify: () => expect.unreachable() },
      budget: {
        reserve: () => reserve(),
        settle: async (settlement) => void settlements.push(settlement),
        release: async () => undefined,
      },
      observer,
      resilience: createResilience(resiliencePolicy, clock, observer),
      onUnforeseen: (error) => expect.unreachable(String(error)),
      provider,
      background: work,
      keepsTruncated: false,
      sendsPromptCacheKeys: false,
      clock,
      random: () => 0,
      estimateTokens,
      newRequestId: () => `request-${++requests}`,
      traceId: () => "",
    });
    return (change: Partial<Incoming> = {}, chat = {}) => complete(incoming(change, { ...named, ...chat }), steps);
  };

  const wholeOf = async (answering: Promise<Answer>) => {
    const { delivery, routing } = await answering;
    if (delivery.kind === "stream") throw new Error("a whole answer was expected");
    const part = delivery.response.choices[0]?.message?.content[0]?.part;
    return { text: part?.$case === "text" ? part.value : "", routing: routing() };
  };
  /** Reads a stream as it comes. */
  const reading = (answering: Promise<Answer>) => {
    const got: Piece[] = [];
    let answer: Answer | undefined;
    const done = (async () => {
      answer = await answering;
      if (answer.delivery.kind === "whole") throw new Error("a stream was expected");
      for await (const piece of answer.delivery.pieces) got.push(piece);
    })().then(
      () => undefined,
      (error: unknown) => error as Refusal,
    );
    return { got, text: () => textIn(got), done, routing: () => answer?.routing() };
  };
  /** Lets time pass in small steps, so that what follows from a moment happens in it. */
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 25) {
      clock.advance(25);
      await settled();
    }
  };
  const slowly = (texts: readonly string[], everyMs = 400) =>
    pieces(texts, { usage: usage(10n, 20n) }).flatMap((piece) => [piece, pause(everyMs)]);

  it("cost one call of a provider on however many routers, and the rest is booked as hits", async () => {
    script = { small: [[pause(1_000), response("for all")]] };
    const routers = [router(), router()];
    const answers = Array.from({ length: 8 }, (_, index) => wholeOf((routers[index % 2] ?? router())()));
    await settled();
    await pass(1_100);
    const all = await Promise.all(answers);
    expect(provider.asked).toHaveLength(1);
    expect(all.map(({ text }) => text)).toEqual(Array(8).fill("for all"));
    const [led, ...followed] = all.map(({ routing }) => routing);
    expect(led).toMatchObject({ cacheVerdict: "CACHE_VERDICT_MISS" });
    for (const routing of followed) {
      expect(routing).toMatchObject({
        cacheVerdict: "CACHE_VERDICT_COALESCED",
        model: "small",
        costUsdNanos: 0n,
        baselineCostUsdNanos: led?.baselineCostUsdNanos,
        attempts: [],
        reason: "the same request was on its way already",
      });
      expect(routing.upstreamUs).toBeGreaterThanOrEqual(1_000_000n);
      expect(routing.overheadUs).toBeLessThan(200_000n);
    }
    await work.idle();
    const booked = settlements.map(
      ({ cacheVerdict, attempts, outcome }) => `${cacheVerdict} ${attempts.length} ${outcome}`,
    );
    expect(booked.toSorted()).toEqual([...Array(7).fill("CACHE_VERDICT_COALESCED 0 ok"), "CACHE_VERDICT_MISS 1 ok"]);
    expect(cache.stored).toHaveLength(1);
  });

  it("get the leader's stream as it grows, from its beginning", async () => {
    script = { small: [slowly(["one ", "two ", "three", ", four"])] };
    const leader = reading(router()({ isStreamed: true }));
    await pass(600);
    const follower = reading(router()({ isStreamed: true }));
    await pass(750);
    expect(leader.text()).toBe("one two three");
    expect(follower.text()).toBe("one two three");
    expect(follower.routing()).toMatchObject({ cacheVerdict: "CACHE_VERDICT_COALESCED", model: "small" });
    await pass(2_000);
    expect([await leader.done, await follower.done]).toEqual([undefined, undefined]);
    expect(follower.got).toEqual(leader.got);
    expect(chunksIn(follower.got).at(-1)?.usage).toEqual(usage(10n, 20n));
    expect(provider.asked).toHaveLength(1);
    await work.idle();
    expect(follower.routing()).toMatchObject({
      costUsdNanos: 0n,
      baselineCostUsdNanos: leader.routing()?.baselineCostUsdNanos,
    });
    expect(settlements).toHaveLength(2);
  });

  it("get tool calls of a stream as they were written", async () => {
    const call = (more: object) => chunk(undefined, { delta: { toolCalls: [{ index: 0, ...more }] } });
    const turn = [
      call({ id: "call-1", name: "find", arguments: "" }),
      pause(600),
      call({ arguments: '{"q":' }),
      pause(600),
      call({ arguments: '"x"}' }),
      chunk(undefined, { finishReason: "tool_calls" }),
    ];
    script = { small: [turn] };
    const leader = reading(router()({ isStreamed: true }));
    const follower = reading(router()({ isStreamed: true }));
    const whole = router()();
    await pass(2_000);
    expect([await leader.done, await follower.done]).toEqual([undefined, undefined]);
    expect(follower.got).toEqual(leader.got);
    const { delivery } = await whole;
    expect(delivery.kind === "whole" && delivery.response.choices[0]?.message?.toolCalls).toEqual([
      { id: "call-1", name: "find", arguments: '{"q":"x"}', extraJson: "" },
    ]);
    expect(provider.asked).toHaveLength(1);
  });

  it("are served by a leader that is asked for a whole answer, too: the stream is replayed", async () => {
    script = { small: [[pause(500), response("for all")]] };
    const leader = wholeOf(router()());
    const follower = reading(router()({ isStreamed: true }));
    await pass(700);
    expect((await leader).text).toBe("for all");
    expect(await follower.done).toBeUndefined();
    expect(follower.text()).toBe("for all");
  });

  describe("whose leader", () => {
    it("is over soon says one thing only, in the background", async () => {
      script = { small: [[pause(150), response("soon")]] };
      const leader = wholeOf(router()());
      await pass(200);
      await leader;
      await work.idle();
      await settled();
      expect(cache.published).toHaveLength(1);
      expect(cache.published[0]).toMatchObject({ chunks: [], end: { answer: { model: "small" } } });
    });

    it("takes its time shows that it lives every third of its lease, without chunks while nobody follows", async () => {
      script = { small: [slowly(["one ", "two ", "three"], 1_000)] };
      const leader = reading(router()({ isStreamed: true }));
      await pass(3_500);
      expect(cache.published).toHaveLength(4);
      expect(cache.published.flatMap(({ chunks }) => chunks)).toEqual([]);
      await pass(3_000);
      expect(await leader.done).toBeUndefined();
    });

    it("fails before anything came: another leads", async () => {
      script = {
        small: [
          [pause(300), new AttemptFailure("UPSTREAM_CONTENT_FILTER", "refused")],
          [pause(300), response("after all")],
        ],
      };
      const leader = router()().catch((error: unknown) => error);
      const followers = [wholeOf(router()()), wholeOf(router()())];
      await pass(800);
      expect(await leader).toBeInstanceOf(Refusal);
      const answers = await Promise.all(followers);
      expect(answers.map(({ text }) => text)).toEqual(["after all", "after all"]);
      expect(provider.asked).toHaveLength(2);
      expect(answers.map(({ routing }) => routing.cacheVerdict).toSorted()).toEqual([
        "CACHE_VERDICT_COALESCED",
        "CACHE_VERDICT_MISS",
      ]);
    });

    it("keeps failing: those who wait do not lead one after the other, they ask for themselves", async () => {
      const filtered = new AttemptFailure("UPSTREAM_CONTENT_FILTER", "refused");
      script = { small: [[pause(300), filtered]] };
      const requests = Array.from({ length: 10 }, () => router()().catch((error: unknown) => error));
      await pass(1_100);
      expect(await Promise.all(requests)).toEqual(Array(10).fill(expect.any(Refusal)));
      expect(provider.asked).toHaveLength(10);
    });

    it("is refused by its budget: nobody waits for its lease to run out", async () => {
      reserve = async () => {
        reserve = async () => ({ kind: "granted", warnings: [] });
        await clock.sleep(0);
        throw new Refusal("BUDGET_EXHAUSTED", "no tokens left");
      };
      script = { small: [[response("mine")]] };
      const leader = router()().catch((error: unknown) => error);
      const follower = wholeOf(router()());
      await pass(100);
      expect(await leader).toMatchObject({ reason: "BUDGET_EXHAUSTED" });
      expect((await follower).text).toBe("mine");
    });

    it("falls silent before anything came: another leads once the lease has run out", async () => {
      script = { small: [[silence], [response("mine")]] };
      void router()().catch(() => undefined);
      await settled();
      const follower = wholeOf(router()());
      await settled();
      cache.isDeaf = true;
      await pass(2_900);
      expect(provider.asked).toHaveLength(1);
      cache.isDeaf = false;
      await pass(200);
      expect((await follower).text).toBe("mine");
    });

    it("falls silent in the middle: each goes on with what it has, and says so", async () => {
      script = {
        small: [slowly(["One, two ", "three "], 500), pieces(["four."], { id: "second", usage: usage(30n, 4n) })],
      };
      void reading(router()({ isStreamed: true }));
      const follower = reading(router()({ isStreamed: true }));
      await pass(600);
      expect(follower.text()).toBe("One, two ");
      cache.isDeaf = true;
      await pass(4_000);
      expect(await follower.done).toBeUndefined();
      expect(follower.text()).toBe("One, two four.");
      const routing = follower.routing();
      expect(routing?.cacheVerdict).toBe("CACHE_VERDICT_MISS");
      expect(routing?.continuations).toEqual([
        expect.objectContaining({ fromModel: "small", model: "small", method: "prompt", afterCharacters: 9n }),
      ]);
      await work.idle();
      const own = settlements.find(({ requestId }) => requestId === routing?.requestId);
      expect(own).toMatchObject({ outcome: "ok", attempts: [expect.objectContaining({ outcome: "ok" })] });
    });

    it("falls silent in the middle of what nobody can go on with: they end with an error, not as if it were whole", async () => {
      const json = { responseFormat: { format: { $case: "jsonObject", value: {} } } };
      script = { small: [slowly(['{"a": ', "1}"], 500)] };
      void reading(router()({ isStreamed: true }, json));
      const follower = reading(router()({ isStreamed: true }, json));
      await pass(600);
      cache.isDeaf = true;
      await pass(4_000);
      expect(await follower.done).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
      expect(follower.text()).toBe('{"a": ');
      expect(provider.asked).toHaveLength(1);
    });

    it("breaks and is gone on with by another model: those who follow find their own way on", async () => {
      const cut = new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the connection was lost");
      const rest = pieces(["two."], { id: "second", usage: usage(30n, 4n) });
      script = { small: [[...slowly(["One "], 500).slice(0, 4), cut], rest] };
      const leader = reading(router()({ isStreamed: true }));
      const follower = reading(router()({ isStreamed: true }));
      await pass(3_000);
      expect([await leader.done, await follower.done]).toEqual([undefined, undefined]);
      expect([leader.text(), follower.text()]).toEqual(["One two.", "One two."]);
      expect(leader.routing()?.continuations).toHaveLength(1);
      expect(follower.routing()?.continuations).toHaveLength(1);
    });

    it("is given by a fallback: those who follow would have been given the same", async () => {
      const down = new AttemptFailure("UPSTREAM_AUTHENTICATION", "refused");
      script = { large: [[pause(300), down]], middle: [[response("stand-in")]] };
      const leader = wholeOf(router()({}, { model: "large" }));
      const follower = wholeOf(router()({}, { model: "large" }));
      await pass(500);
      expect([(await leader).text, (await follower).text]).toEqual(["stand-in", "stand-in"]);
      expect(provider.asked).toHaveLength(2);
      await work.idle();
      expect(cache.stored).toEqual([]);
      expect(cache.published.at(-1)?.end).toMatchObject({ answer: { model: "middle" }, passing: true });
    });

    it("is left by its caller: it goes on for those who follow", async () => {
      script = { small: [slowly(["one ", "two ", "three"])] };
      const caller = new AbortController();
      const leader = reading(router()({ isStreamed: true, signal: caller.signal }));
      const follower = reading(router()({ isStreamed: true }));
      await pass(600);
      caller.abort();
      await pass(6_000);
      expect(await follower.done).toBeUndefined();
      expect(clock.timerCount()).toBe(0);
      expect(follower.text()).toBe("one two three");
      expect(provider.asked).toHaveLength(1);
      await leader.done;
      await work.idle();
      expect(cache.stored).toHaveLength(1);
      expect(settlements.find(({ requestId }) => requestId === "request-1")).toMatchObject({ outcome: "ok" });
    });

    it("is left by its caller in the middle, and by the reader: nothing is left to run once it is over", async () => {
      script = { small: [slowly(["one ", "two ", "three"])] };
      const caller = new AbortController();
      const leading = router()({ isStreamed: true, signal: caller.signal });
      const follower = reading(router()({ isStreamed: true }));
      await pass(600);
      const { delivery } = await leading;
      if (delivery.kind === "stream") for await (const _piece of delivery.pieces) break;
      caller.abort();
      await pass(6_000);
      expect(await follower.done).toBeUndefined();
      await work.idle();
      expect(clock.timerCount()).toBe(0);
    });

    it("goes on alone behind a seam and is then left by its caller: it is given up", async () => {
      const cut = new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the connection was lost");
      script = {
        small: [
          [...slowly(["One "], 500).slice(0, 4), cut],
          [...pieces(["two"], { id: "second" }).slice(0, 2), silence],
        ],
      };
      const caller = new AbortController();
      const leader = reading(router()({ isStreamed: true, signal: caller.signal }));
      await pass(2_000);
      expect(leader.routing()?.continuations).toHaveLength(1);
      caller.abort();
      await settled();
      expect(provider.openCount()).toBe(0);
    });

    it("is left by its caller while nobody follows: it is given up at once", async () => {
      script = { small: [slowly(["one ", "two ", "three"])] };
      const caller = new AbortController();
      void reading(router()({ isStreamed: true, signal: caller.signal }));
      await pass(600);
      caller.abort();
      await settled();
      expect(provider.openCount()).toBe(0);
      await work.idle();
      expect(settlements).toEqual([expect.objectContaining({ outcome: "CANCELLED" })]);
      expect(cache.published.at(-1)?.end).toEqual({ answer: undefined, passing: true });
    });

    it("has left its caller, and then those who follow leave: it is given up with the next sign of life", async () => {
      script = { small: [slowly(["one ", "two ", "three", "four"], 2_000)] };
      const [first, second] = [new AbortController(), new AbortController()];
      void reading(router()({ isStreamed: true, signal: first.signal }));
      void reading(router()({ isStreamed: true, signal: second.signal }));
      await pass(600);
      first.abort();
      await pass(100);
      expect(provider.openCount()).toBe(1);
      second.abort();
      await pass(1_100);
      expect(provider.openCount()).toBe(0);
    });

    it("has a caller whose time is over: those who follow ask for themselves, in their own time", async () => {
      script = { small: [[silence], [response("mine")]] };
      const caller = new AbortController();
      const leader = router()({ deadline: 1_000, signal: caller.signal }).catch((error: unknown) => error);
      const follower = wholeOf(router()());
      await pass(1_000);
      caller.abort({ reason: "DEADLINE_EXCEEDED" });
      await pass(100);
      expect(await leader).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
      expect((await follower).text).toBe("mine");
    });
  });

  it("wait no longer than their own caller", async () => {
    script = { small: [[silence]] };
    void router()().catch(() => undefined);
    await settled();
    const caller = new AbortController();
    const follower = router()({ deadline: 500, signal: caller.signal }).catch((error: unknown) => error);
    await pass(500);
    caller.abort({ reason: "DEADLINE_EXCEEDED" });
    await settled();
    expect(await follower).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
    expect(cache.followers()).toBe(0);
  });

  it("go on by themselves where the cache goes away while they wait", async () => {
    script = { small: [[pause(1_000), response("late")], [response("mine")]] };
    void router()();
    await settled();
    const follower = wholeOf(router()());
    await settled();
    cache.isBroken = true;
    cache.lookup = async () => ({ ...miss, verdict: "CACHE_VERDICT_UNAVAILABLE" });
    await pass(1_100);
    expect((await follower).text).toBe("mine");
  });

  it("leave nothing open where a reader stops in the middle", async () => {
    script = { small: [slowly(["one ", "two ", "three", ", four"])] };
    const leader = reading(router()({ isStreamed: true }));
    const following = router()({ isStreamed: true });
    await pass(1_000);
    const { delivery } = await following;
    expect(cache.followers()).toBe(1);
    if (delivery.kind === "stream") for await (const _piece of delivery.pieces) break;
    await settled();
    expect(cache.followers()).toBe(0);
    await pass(2_000);
    expect(await leader.done).toBeUndefined();
  });
});
