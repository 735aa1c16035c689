import type { ChatChunk, ChatResponse } from "@switchyard/contracts/vocabulary/chat";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Budget, Cache, Found, Provider, Settlement } from "../ports.ts";
import {
  estimateTokens,
  type FakeClock,
  fakeClock,
  incoming,
  policy,
  recordingObserver,
  resiliencePolicy,
  response,
} from "../testing/fixtures.ts";
import { background } from "./background.ts";
import { complete } from "./complete.ts";
import { createSteps } from "./create-steps.ts";
import { AttemptFailure } from "./dispatch/attempt-failure.ts";
import { isContinuation, type Piece } from "./dispatch/deliver-stream.ts";
import { createResilience, type Resilience } from "./dispatch/resilience.ts";
import { Refusal } from "./refusal.ts";
import { replay } from "./replay.ts";
import type { Incoming } from "./request.ts";

const miss: Found = {
  verdict: "CACHE_VERDICT_MISS",
  answer: undefined,
  ageSeconds: 0n,
  tickets: [{ key: "k", requestDigest: new Uint8Array(), ttlSeconds: 0, meaning: undefined, tags: [] }],
  entryId: "",
  likeness: undefined,
  flight: undefined,
  embedding: undefined,
};
const hit: Found = {
  ...miss,
  verdict: "CACHE_VERDICT_EXACT_HIT",
  ageSeconds: 7n,
  answer: {
    response: response("from the cache"),
    model: "middle",
    provider: "somewhere",
    tier: "TIER_STANDARD",
    baselineCostUsdNanos: 225_000n,
    costUsdNanos: 45_000n,
  },
};

/** What each model does when it is asked, in order; the last one is repeated. */
type Script = Record<string, (ChatResponse | AttemptFailure | readonly (ChatChunk | AttemptFailure)[])[]>;

describe("the sentence", () => {
  let done: string[];
  let stored: unknown[];
  let settled: Settlement[];
  let asked: { model: string; maxTokens: number | undefined }[];
  let recalled: Found;
  let reserve: Budget["reserve"];
  let script: Script;
  let clock: FakeClock;
  let work: ReturnType<typeof background>;
  let unforeseen: unknown[];
  let observer: ReturnType<typeof recordingObserver>;
  let known: Resilience;

  beforeEach(() => {
    done = [];
    stored = [];
    settled = [];
    asked = [];
    recalled = miss;
    reserve = async () => ({ kind: "granted", warnings: [] });
    script = { small: [response("fine")] };
    clock = fakeClock();
    unforeseen = [];
    observer = recordingObserver();
    known = createResilience(resiliencePolicy, clock, observer);
    work = background(
      clock,
      () => true,
      (error) => unforeseen.push(error),
    );
  });

  afterEach(() => work.idle());

  const note = <T>(name: string, result: T): T => {
    done.push(name);
    return result;
  };

  const next = (model: string, maxTokens: number | undefined) => {
    asked.push({ model, maxTokens });
    const turns = script[model] ?? [new AttemptFailure("UPSTREAM_UNAVAILABLE", `${model} is down`)];
    return turns.length > 1 ? turns.shift() : turns[0];
  };

  const run = (change: Partial<Incoming> = {}, chat = {}) => {
    const cache: Cache = {
      lookup: async () => note("recall", recalled),
      store: async (tickets, answer) =>
        void stored.push(note("remember", { keys: tickets.map(({ key }) => key), ...answer })),
      publish: () => expect.unreachable(),
      follow: () => expect.unreachable(),
      reportBadHit: () => expect.unreachable(),
      invalidate: () => expect.unreachable(),
    };
    const provider: Provider = {
      complete: async ({ model }, request) => {
        const turn = note("dispatch", next(model, request.maxTokens));
        if (turn instanceof AttemptFailure) throw turn;
        return turn as ChatResponse;
      },
      stream: async function* ({ model }, request) {
        const turn = note("dispatch", next(model, request.maxTokens));
        if (turn instanceof AttemptFailure) throw turn;
        for (const piece of turn as readonly (ChatChunk | AttemptFailure)[]) {
          if (piece instanceof AttemptFailure) throw piece;
          yield piece;
        }
      },
      embed: async () => {
        throw new Error("not called");
      },
    };
    const steps = createSteps({
      access: { keys: new Map(), anonymous: { tenant: "local", budgetTier: "pro" } },
      policy,
      cache,
      classifier: {
        classify: async () =>
          note("classify", {
            task: "TASK_CHAT",
            taskConfidence: 1,
            complexity: 0.1,
            complexityConfidence: 1,
            language: "en",
            classifierVersion: "test",
          }),
      },
      budget: {
        reserve: (...given) => note("reserve", reserve(...given)),
        settle: async (settlement) => void settled.push(note("settle", settlement)),
        release: async () => note("release", undefined),
      },
      observer,
      resilience: known,
      onUnforeseen: (error) => unforeseen.push(error),
      provider,
      background: work,
      keepsTruncated: false,
      sendsPromptCacheKeys: false,
      clock,
      random: () => 0,
      estimateTokens,
      newRequestId: () => "request-1",
      traceId: () => "",
    });
    return complete(incoming(change, chat), steps);
  };

  const textOf = (answer: ChatResponse) => answer.choices[0]?.message?.content[0]?.part?.value;
  const read = async (pieces: AsyncIterable<Piece>) => {
    let text = "";
    for await (const piece of pieces) text += isContinuation(piece) ? "" : (piece.choices[0]?.delta?.content ?? "");
    return text;
  };
  const whole = async (answer: Awaited<ReturnType<typeof run>>) => {
    if (answer.delivery.kind !== "whole") throw new Error("a whole answer was expected");
    return answer.delivery.response;
  };
  const streamOf = (answer: Awaited<ReturnType<typeof run>>) => {
    if (answer.delivery.kind !== "stream") throw new Error("a stream was expected");
    return answer.delivery.pieces;
  };
  const refusalOf = (answer: Promise<unknown>) =>
    answer.then(
      () => {
        throw new Error("nothing was refused");
      },
      (error: unknown) => error as Refusal,
    );

  it("runs its steps in order and answers before it settles", async () => {
    const answer = await run();
    expect(textOf(await whole(answer))).toBe("fine");
    await work.idle();
    expect(done).toEqual(["recall", "classify", "reserve", "dispatch", "settle", "remember"]);
    expect(answer.routing()).toMatchObject({
      requestId: "request-1",
      model: "small",
      cacheVerdict: "CACHE_VERDICT_MISS",
      costUsdNanos: 300n,
      baselineCostUsdNanos: 225_000n,
      baselineModel: "large",
    });
    expect(settled).toEqual([expect.objectContaining({ requestId: "request-1", model: "small", outcome: "ok" })]);
    expect(observer.reports).toEqual([answer.routing()]);
  });

  it("answers a hit without classifying, reserving or dispatching, and books what it saved", async () => {
    recalled = hit;
    const answer = await run();
    expect(textOf(await whole(answer))).toBe("from the cache");
    await work.idle();
    expect(done).toEqual(["recall", "settle"]);
    expect(answer.routing()).toMatchObject({ model: "middle", costUsdNanos: 0n, cacheAgeSeconds: 7n });
    expect(settled[0]).toMatchObject({ attempts: [], baselineCostUsdNanos: 225_000n, model: "middle" });
  });

  it("replays a hit as a stream where a stream was asked for", async () => {
    recalled = hit;
    expect(await read(streamOf(await run({ isStreamed: true })))).toBe("from the cache");
  });

  it("does not classify for a model asked for by name", async () => {
    script = { middle: [response("named")] };
    await run({}, { model: "middle" });
    expect(done).not.toContain("classify");
  });

  it("asks nobody when the budget refuses", async () => {
    reserve = async () => {
      throw new Refusal("BUDGET_EXHAUSTED", "no tokens left", { limit: "tenant/local/tokens_per_day" });
    };
    expect(await refusalOf(run())).toMatchObject({ reason: "BUDGET_EXHAUSTED" });
    await work.idle();
    expect(done).toEqual(["recall", "classify", "reserve"]);
  });

  it("gives a reservation back when it is not known whether it was granted", async () => {
    reserve = async () => {
      throw new Refusal("BUDGET_UNAVAILABLE", "out of reach");
    };
    await refusalOf(run());
    await work.idle();
    expect(done).toContain("release");
  });

  it("sends the bound on output that it reserved", async () => {
    let reserved = 0n;
    reserve = async ({ bound }) => {
      reserved = bound.all.tokens;
      return { kind: "granted", warnings: [] };
    };
    await run();
    expect(asked).toEqual([{ model: "small", maxTokens: 4_096 }]);
    expect(reserved).toBeGreaterThanOrEqual(4_096n);
  });

  it("goes to cheaper models where a budget runs low, and says so", async () => {
    const because = "the budget tenant/acme/tokens_per_day is 80% used, so cheaper models are asked";
    reserve = async ({ bound, isRouted }) =>
      isRouted && bound.tiers.some(({ tier }) => tier === "TIER_PREMIUM")
        ? { kind: "narrowed", tiers: ["TIER_ECONOMY", "TIER_STANDARD"], because, refusal: undefined }
        : { kind: "granted", warnings: ["the budget is 80% used"] };
    const answer = await run();
    expect(done.filter((step) => step === "reserve")).toHaveLength(2);
    const { candidates, passedOver, warnings } = answer.routing();
    expect(candidates.map(({ model }) => model)).not.toContain("large");
    expect(passedOver).toContainEqual({ model: "large", reason: "budget", detail: because });
    expect(warnings).toEqual([because, "the budget is 80% used"]);
  });

  it("tries a passing failure once more after a pause, then falls back, and reports and books every attempt", async () => {
    script = {
      small: [new AttemptFailure("UPSTREAM_UNAVAILABLE", "503")],
      middle: [response("rescued")],
    };
    const answer = await run();
    expect(textOf(await whole(answer))).toBe("rescued");
    expect(clock.slept).toEqual([100]);
    expect(answer.routing().attempts.map(({ model, outcome }) => `${model} ${outcome}`)).toEqual([
      "small UPSTREAM_UNAVAILABLE",
      "small UPSTREAM_UNAVAILABLE",
      "middle ok",
    ]);
    expect(answer.routing().costUsdNanos).toBe(45_000n);
    await work.idle();
    expect(settled[0]?.attempts).toHaveLength(3);
  });

  it("obeys Retry-After, unless another model can answer sooner", async () => {
    script = { small: [new AttemptFailure("UPSTREAM_RATE_LIMITED", "429", 2_000), response("after a pause")] };
    expect(textOf(await whole(await run()))).toBe("after a pause");
    expect(clock.slept).toEqual([2_000]);
    script = { small: [new AttemptFailure("UPSTREAM_RATE_LIMITED", "429", 3_600_000)], middle: [response("at once")] };
    expect(textOf(await whole(await run()))).toBe("at once");
    expect(clock.slept).toEqual([2_000]);
  });

  it("asks only a larger model after the context was too long, and none after a content filter", async () => {
    script = { small: [new AttemptFailure("UPSTREAM_CONTEXT_LENGTH", "too long")], middle: [response("room enough")] };
    expect(textOf(await whole(await run()))).toBe("room enough");
    expect(asked.map(({ model }) => model)).toEqual(["small", "middle"]);
    asked = [];
    script = { small: [new AttemptFailure("UPSTREAM_CONTENT_FILTER", "refused by the filter")] };
    expect(await refusalOf(run())).toMatchObject({
      reason: "UPSTREAM_CONTENT_FILTER",
      message: "refused by the filter",
    });
    expect(asked.map(({ model }) => model)).toEqual(["small"]);
  });

  it("ends with an error that lists the attempts when every model fails, and remembers nothing", async () => {
    script = {};
    const refusal = await refusalOf(run());
    expect(refusal.reason).toBe("ALL_CANDIDATES_FAILED");
    expect(refusal.details.metadata).toMatchObject({ "attempt.1": "small UPSTREAM_UNAVAILABLE" });
    expect(refusal.details.attempts).toHaveLength(6);
    await work.idle();
    expect(stored).toEqual([]);
    expect(settled[0]).toMatchObject({ model: "", outcome: "ALL_CANDIDATES_FAILED" });
  });

  it("tells rate limits from other failures", async () => {
    const limited = new AttemptFailure("UPSTREAM_RATE_LIMITED", "429");
    script = { small: [limited], middle: [limited], large: [limited] };
    expect((await refusalOf(run())).reason).toBe("ALL_CANDIDATES_RATE_LIMITED");
  });

  describe("with an answer that is second best", () => {
    const replay = { key: "replay", requestDigest: new Uint8Array([1]), ttlSeconds: 60, meaning: undefined, tags: [] };
    const keysKept = async (change: Partial<Incoming> = {}, chat = {}) => {
      recalled = { ...miss, tickets: [...miss.tickets, replay] };
      const answer = await run(change, chat);
      await work.idle();
      return { keys: (stored[0] as { keys: string[] } | undefined)?.keys, reason: answer.routing().reason };
    };

    it("keeps a good answer for all who ask", async () => {
      expect((await keysKept()).keys).toEqual(["k", "replay"]);
    });

    it("keeps the answer of a fallback for repetitions only, and says who stood in", async () => {
      script = { large: [new AttemptFailure("UPSTREAM_AUTHENTICATION", "refused")], middle: [response("stand-in")] };
      const { keys, reason } = await keysKept({}, { model: "large" });
      expect(keys).toEqual(["replay"]);
      expect(reason).toContain('1 failed attempt, "middle" stands in for it');
    });

    it.each([
      ["empty", response("")],
      ["cut at its length", response("half", "length")],
      ["filtered", response("half", "content_filter")],
    ])("keeps an answer that is %s for repetitions only", async (_name, answer) => {
      script = { small: [answer] };
      expect((await keysKept()).keys).toEqual(["replay"]);
    });

    it("keeps an answer with fewer choices than were asked for for repetitions only", async () => {
      expect((await keysKept({}, { n: 2 })).keys).toEqual(["replay"]);
    });
  });

  it("says which models it spared because their breakers are open, and who stood in", async () => {
    script = { middle: [response("stand-in")] };
    for (let request = 0; request < 5; request++) await run({}, { model: "large" });
    const answer = await run({}, { model: "large" });
    expect(answer.routing().passedOver).toEqual([
      expect.objectContaining({ model: "large", reason: "unavailable", detail: expect.stringContaining("breaker") }),
    ]);
    expect(answer.routing().reason).toContain('"middle" stands in for it');
    expect(answer.routing().attempts).toHaveLength(1);
  });

  it("says that a model was asked again only where it was", async () => {
    script = { small: [new AttemptFailure("UPSTREAM_UNAVAILABLE", "503"), response("on the second try")] };
    expect((await run()).routing().reason).toContain("1 failed attempt, it was asked again");
    script = { small: [new AttemptFailure("UPSTREAM_CONTENT_FILTER", "filtered")] };
    await refusalOf(run());
    await work.idle();
    expect(observer.reports.at(-1)?.reason).toMatch(/1 failed attempt$/);
  });

  it("books both attempts of a hedged request, the one that was dropped with what it has read", async () => {
    const hedging = { ...resiliencePolicy.hedging, enabled: true, minSamples: 1 };
    known = createResilience({ ...resiliencePolicy, hedging }, clock, observer);
    for (const { deployments } of policy.catalogue.models) {
      known.fleet.of(deployments[0]).latency.whole.record(100);
    }
    let answerLate: (late: ChatResponse) => void = () => undefined;
    const late = new Promise<ChatResponse>((resolve) => {
      answerLate = resolve;
    });
    script = { small: [late as never], middle: [response("sooner")] };
    const running = run();
    await expect.poll(() => asked.length).toBe(1);
    clock.advance(100);
    const answer = await running;
    expect(textOf(await whole(answer))).toBe("sooner");
    answerLate(response("too late"));
    await work.idle();
    const booked = settled[0]?.attempts.map(({ model, outcome, hedge }) => ({ model, outcome, hedge }));
    expect(booked).toHaveLength(2);
    expect(booked).toContainEqual({ model: "small", outcome: "CANCELLED", hedge: false });
    expect(booked).toContainEqual({ model: "middle", outcome: "ok", hedge: true });
    expect(answer.routing().attempts).toHaveLength(2);
    expect(settled).toHaveLength(1);
  });

  it("lets an error that nobody foresaw look like a failed attempt, and tells of it", async () => {
    script = { small: [undefined as unknown as ChatResponse], middle: [response("rescued")] };
    expect(textOf(await whole(await run()))).toBe("rescued");
    expect(unforeseen).toEqual([expect.any(TypeError)]);
  });

  it("says when to come back by the candidate that is back first", async () => {
    const limited = (retryAfterMs: number) => [new AttemptFailure("UPSTREAM_RATE_LIMITED", "429", retryAfterMs)];
    script = { small: limited(30_000), middle: limited(7_000), large: limited(90_000) };
    const refusal = await refusalOf(run({ deadline: 6_000 }));
    expect(refusal.reason).toBe("ALL_CANDIDATES_RATE_LIMITED");
    expect(refusal.details.retryAfterMs).toBe(7_000);
  });

  it("asks neither budget nor models once the caller's time is over", async () => {
    expect(await refusalOf(run({ deadline: 0 }))).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
    const gone = AbortSignal.abort();
    expect(await refusalOf(run({ signal: gone }))).toMatchObject({ reason: "CANCELLED" });
    expect(done).not.toContain("reserve");
  });

  it("stops trying at the caller's deadline", async () => {
    script = {};
    const refusal = await refusalOf(run({ deadline: 150 }));
    expect(["DEADLINE_EXCEEDED", "ALL_CANDIDATES_FAILED"]).toContain(refusal.reason);
    expect(clock.now()).toBeLessThanOrEqual(150);
  });

  describe("streamed", () => {
    const chunks = () => [...replay(response("one two three"))];
    const cut = new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "the connection was lost");

    it("passes chunks on, then settles and remembers the whole answer", async () => {
      script = { small: [chunks()] };
      const answer = await run({ isStreamed: true });
      expect(await read(streamOf(answer))).toBe("one two three");
      await work.idle();
      expect(stored).toEqual([expect.objectContaining({ response: expect.objectContaining({ id: "answer-1" }) })]);
      expect(answer.routing().costUsdNanos).toBe(300n);
    });

    it("falls back while nothing has gone out", async () => {
      script = { small: [[chunks()[0] as ChatChunk, cut]], middle: [chunks()] };
      const answer = await run({ isStreamed: true });
      expect(await read(streamOf(answer))).toBe("one two three");
      expect(answer.routing().model).toBe("middle");
    });

    it("ends with an error when it breaks after text went out, bills what came and remembers nothing", async () => {
      script = { small: [[...chunks().slice(0, 2), cut]] };
      const answer = await run({ isStreamed: true });
      expect(await refusalOf(read(streamOf(answer)))).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
      await work.idle();
      expect(stored).toEqual([]);
      expect(settled[0]).toMatchObject({ outcome: "UPSTREAM_BROKEN_ANSWER" });
      expect(settled[0]?.attempts[0]).toMatchObject({ outcome: "UPSTREAM_BROKEN_ANSWER", usageEstimated: true });
      expect(settled[0]?.attempts[0]?.usage?.outputTokens).toBeGreaterThan(0n);
    });

    it("is not whole when it just stops", async () => {
      script = { small: [chunks().slice(0, 2)] };
      const answer = await run({ isStreamed: true });
      expect(await refusalOf(read(streamOf(answer)))).toMatchObject({ reason: "UPSTREAM_BROKEN_ANSWER" });
      await work.idle();
      expect(stored).toEqual([]);
    });

    it("keeps an answer of two models for repetitions only", async () => {
      const replayed = {
        key: "replay",
        requestDigest: new Uint8Array([1]),
        ttlSeconds: 60,
        meaning: undefined,
        tags: [],
      };
      recalled = { ...miss, tickets: [...miss.tickets, replayed] };
      script = { small: [[...chunks().slice(0, 2), cut], chunks()] };
      const answer = await run({ isStreamed: true });
      await read(streamOf(answer));
      await work.idle();
      expect(answer.routing().continuations).toHaveLength(1);
      expect(answer.routing().reason).toContain("the answer was written by more than one model");
      expect(stored).toEqual([expect.objectContaining({ keys: ["replay"] })]);
    });

    it("settles what was used when the caller goes away", async () => {
      script = { small: [chunks()] };
      const caller = new AbortController();
      const answer = await run({ isStreamed: true, signal: caller.signal });
      for await (const piece of streamOf(answer)) {
        if (!isContinuation(piece) && piece.choices[0]?.delta?.content) break;
      }
      caller.abort();
      await work.idle();
      expect(settled[0]).toMatchObject({ outcome: "CANCELLED" });
      expect(settled[0]?.attempts[0]?.usage?.inputTokens).toBeGreaterThan(0n);
      expect(stored).toEqual([]);
    });

    it("settles what was used even if the caller never reads", async () => {
      script = { small: [chunks()] };
      const caller = new AbortController();
      await run({ isStreamed: true, signal: caller.signal });
      caller.abort();
      await expect.poll(() => settled.length).toBe(1);
      expect(settled[0]).toMatchObject({ outcome: "CANCELLED" });
    });
  });
});
