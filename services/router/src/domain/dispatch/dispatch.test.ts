import { beforeEach, describe, expect, it } from "vitest";
import { type DispatchBench, dispatchBench, refusalOf, says, settled } from "../../testing/dispatch-bench.ts";
import { model, resiliencePolicy, response, usage } from "../../testing/fixtures.ts";
import { pause, pieces, silence } from "../../testing/scripted-provider.ts";
import { AttemptFailure } from "./attempt-failure.ts";

const down = new AttemptFailure("UPSTREAM_UNAVAILABLE", "503");
const at = (id: string, provider: string) => ({ model: id, provider, rank: 0, weight: 1 });

describe("a request that is dispatched", () => {
  let bench: DispatchBench;

  beforeEach(() => {
    bench = dispatchBench();
  });

  it("tells of a fallback once for each model, whatever the providers and retries there", async () => {
    const b = model("b", { deployments: [at("b", "one"), at("b", "two")] });
    bench.follow({ c: says("rescued") });
    expect(await bench.whole({ models: [model("a"), b, model("c")] })).toBe("rescued");
    expect(bench.observer.events).toEqual([
      "a fell back to b: UPSTREAM_UNAVAILABLE",
      "a fell back to c: UPSTREAM_UNAVAILABLE",
    ]);
    expect(bench.attempts()).toEqual([
      "a UPSTREAM_UNAVAILABLE",
      "a UPSTREAM_UNAVAILABLE",
      "b UPSTREAM_UNAVAILABLE",
      "b UPSTREAM_UNAVAILABLE",
      "c ok",
    ]);
  });

  it("leaves a silent model in time for the next one, and tells its place", async () => {
    bench.follow({ a: [[silence]], b: says("rescued") });
    const answer = bench.whole({ incoming: { deadline: 9_000 } });
    await settled();
    bench.clock.advance(5_999);
    await settled();
    expect(bench.provider.asked).toHaveLength(1);
    bench.clock.advance(1);
    expect(await answer).toBe("rescued");
    expect(bench.attempts()).toEqual(["a UPSTREAM_TIMEOUT", "b ok"]);
    expect(bench.provider.openCount()).toBe(0);
  });

  it("gives the last model all the time that is left", async () => {
    bench.follow({ a: [[silence]], b: [[pause(2_900), response("just in time")]] });
    const answer = bench.whole({ incoming: { deadline: 9_000 } });
    await settled();
    bench.clock.advance(6_000);
    await settled();
    bench.clock.advance(2_900);
    expect(await answer).toBe("just in time");
  });

  it("lists its attempts where the deadline passes, for people and for programs", async () => {
    const caller = new AbortController();
    bench.follow({ a: [[silence]], b: [[silence]] });
    const refusal = refusalOf(bench.whole({ incoming: { deadline: 9_000, signal: caller.signal } }));
    await settled();
    bench.clock.advance(6_000);
    await settled();
    bench.clock.advance(3_000);
    caller.abort();
    expect(await refusal).toMatchObject({
      reason: "DEADLINE_EXCEEDED",
      message: "the deadline passed (a: UPSTREAM_TIMEOUT, b: DEADLINE_EXCEEDED)",
      details: { metadata: { "attempt.1": "a UPSTREAM_TIMEOUT", "attempt.2": "b DEADLINE_EXCEEDED" } },
    });
    expect(bench.outcome().refusal?.details.metadata).toHaveProperty(["attempt.2"]);
    const [slow, cut] = bench.outcome().attempts;
    expect(slow?.usage).toBeUndefined();
    expect(cut).toMatchObject({ usageEstimated: true, usage: { outputTokens: 0n } });
    expect(cut?.usage?.inputTokens).toBeGreaterThan(0n);
  });

  it("ends an attempt whose answer makes no sense, and tells of what nobody foresaw", async () => {
    const a = model("a");
    bench.follow({ a: [[undefined as never]], b: says("rescued") });
    expect(await bench.whole({ models: [a, model("b")] })).toBe("rescued");
    expect(bench.attempts()).toEqual(["a INTERNAL", "b ok"]);
    expect(bench.unforeseen).toEqual([expect.any(TypeError)]);
    expect(bench.outstanding(a)).toBe(0);
  });

  it("ends an attempt that fails after its answer has come", async () => {
    const a = model("a");
    bench.follow({ a: [[{ ...response("odd"), usage: undefined, choices: undefined as never }]], b: says("rescued") });
    expect(await bench.whole({ models: [a, model("b")] })).toBe("rescued");
    expect(bench.attempts()).toEqual(["a INTERNAL", "b ok"]);
    expect(bench.outstanding(a)).toBe(0);
  });

  it("counts what was written where the provider does not report it, tool calls included", async () => {
    const answer = { ...response("12345678"), usage: undefined };
    const call = { id: "1", name: "find", arguments: '{"river":1}', extraJson: "" };
    for (const { message } of answer.choices) message?.toolCalls.push(call);
    bench.follow({ a: [[answer]] });
    await bench.whole();
    expect(bench.outcome().attempts[0]).toMatchObject({ usageEstimated: true, usage: { outputTokens: 6n } });
  });

  it("never retries beyond the retry budget, however many requests fail", async () => {
    for (let request = 0; request < 100; request++) {
      await refusalOf(bench.whole({ models: [model(`a${request}`)], incoming: { deadline: bench.clock.now() + 1e6 } }));
      bench.clock.advance(1);
    }
    const retries = bench.provider.asked.length - 100;
    expect(retries).toBeGreaterThanOrEqual(10);
    expect(retries).toBeLessThanOrEqual(15);
  });

  describe("again and again", () => {
    const ask = () => bench.whole({ incoming: { deadline: bench.clock.now() + 60_000 } });

    it("spares a broken model, says so, and comes back to it when it is well", async () => {
      bench.follow({ b: says("rescued") });
      for (let request = 0; request < 3; request++) await ask();
      expect(bench.observer.events).toContain("a open");
      const before = bench.provider.asked.length;
      expect(await ask()).toBe("rescued");
      expect(bench.provider.asked.length).toBe(before + 1);
      expect(bench.outcome().spared).toEqual(["a"]);
      expect(bench.observer.events.at(-1)).toBe("a fell back to b: BREAKER_OPEN");
      bench.follow({ a: says("well again") });
      bench.clock.advance(5_000);
      expect(await ask()).toBe("well again");
      expect(bench.observer.events.at(-1)).toBe("a closed");
    });

    it("goes elsewhere at once while a model has asked for a long pause", async () => {
      const limited = new AttemptFailure("UPSTREAM_RATE_LIMITED", "429", 30_000);
      bench.follow({ a: [[limited]], b: says("rescued") });
      await ask();
      expect(bench.attempts()).toEqual(["a UPSTREAM_RATE_LIMITED", "b ok"]);
      expect(await ask()).toBe("rescued");
      expect(bench.attempts()).toEqual(["b ok"]);
      expect(bench.outcome().spared).toEqual(["a"]);
      bench.follow({ a: says("ready") });
      bench.clock.advance(30_000);
      expect(await ask()).toBe("ready");
    });

    it("does not keep away for longer than the longest, whatever a provider asks for", async () => {
      bench.follow({ a: [[new AttemptFailure("UPSTREAM_RATE_LIMITED", "429", 3_600_000)]], b: says("rescued") });
      await ask();
      bench.follow({ a: says("ready") });
      bench.clock.advance(resiliencePolicy.breaker.maxOpenMs);
      expect(await ask()).toBe("ready");
    });

    it("waits for a model that asked for a long pause where there is no other", async () => {
      const limited = new AttemptFailure("UPSTREAM_RATE_LIMITED", "429", 30_000);
      bench.follow({ a: [[limited], [response("at last")]] });
      expect(await bench.whole({ models: [model("a")] })).toBe("at last");
      expect(bench.clock.slept).toEqual([30_000]);
      expect(bench.fleet().of(at("a", "somewhere")).breaker.state()).toBe("closed");
    });

    it("does not hold callers in a hurry against a place that is not quick", async () => {
      const [a] = [model("a")];
      bench.follow({ a: [[pause(2_000), response("thought about")]], b: says("at once") });
      const soon = async (deadlineMs: number, waitMs: number) => {
        const answer = bench.whole({ models: [a, model("b")], incoming: { deadline: bench.clock.now() + deadlineMs } });
        await settled();
        bench.clock.advance(waitMs);
        return answer;
      };
      for (let request = 0; request < 3; request++) expect(await soon(60_000, 2_000)).toBe("thought about");
      for (let request = 0; request < 20; request++) expect(await soon(300, 240)).toBe("at once");
      expect(bench.attempts()).toEqual(["a UPSTREAM_TIMEOUT", "b ok"]);
      expect(bench.observer.events).not.toContain("a open");
      expect(bench.fleet().of(a.deployments[0]).latency.whole.quantile(0)).toBe(2_000);
    });

    it("spreads its requests over equal providers", async () => {
      const a = model("a", { deployments: [{ ...at("a", "one"), weight: 3 }, at("a", "two")] });
      bench.follow({ a: says("fine") });
      for (let request = 0; request < 40; request++) await bench.whole({ models: [a] });
      expect(bench.provider.asked.filter(({ at: { provider } }) => provider === "one")).toHaveLength(30);
      expect(bench.outstanding(a)).toBe(0);
    });
  });

  describe("and hedged", () => {
    const [a, b] = [model("a"), model("b")];
    const hedging = { ...resiliencePolicy.hedging, enabled: true, minSamples: 1, percentile: 0.95, minDelayMs: 50 };

    const begin = (share = 1) => {
      const { fleet } = bench.meetFailuresBy({ hedging: { ...hedging, share } });
      for (const kind of ["whole", "stream"] as const) fleet.of(a.deployments[0]).latency[kind].record(100);
    };
    const later = async <T>(answer: Promise<T>, milliseconds: number) => {
      await settled();
      bench.clock.advance(milliseconds);
      await settled();
      return answer;
    };

    it("takes the second answer where it is sooner, and accounts for both", async () => {
      begin();
      bench.follow({ a: [[silence]], b: says("sooner") });
      expect(await later(bench.whole({ models: [a, b] }), 100)).toBe("sooner");
      expect(bench.attempts().toSorted()).toEqual(["a CANCELLED", "b ok hedge"]);
      const dropped = bench.outcome().attempts.find(({ model: id }) => id === "a");
      expect(dropped).toMatchObject({ usageEstimated: true, usage: { outputTokens: 0n } });
      expect(dropped?.usage?.inputTokens).toBeGreaterThan(0n);
      expect(bench.outcome().answeredBy?.model.id).toBe("b");
      expect(bench.observer.events).toEqual(["b beside a"]);
      await settled();
      expect(bench.provider.openCount()).toBe(0);
      expect(bench.outstanding(a, b)).toBe(0);
      expect(bench.outcome().attempts).toHaveLength(2);
    });

    it("keeps the first answer where it comes after all, and accounts for both", async () => {
      begin();
      bench.follow({ a: [[pause(150), response("after all")]], b: [[silence]] });
      const answer = bench.whole({ models: [a, b] });
      await later(Promise.resolve(), 100);
      expect(await later(answer, 50)).toBe("after all");
      expect(bench.attempts().toSorted()).toEqual(["a ok", "b CANCELLED hedge"]);
    });

    it("accounts for what a loser brought that came at the same moment", async () => {
      begin();
      bench.follow({ a: [[pause(150), response("one")]], b: [[pause(50), response("other")]] });
      const answer = bench.whole({ models: [a, b] });
      await later(Promise.resolve(), 100);
      await later(answer, 50);
      expect(
        bench
          .outcome()
          .attempts.map(({ outcome }) => outcome)
          .toSorted(),
      ).toEqual(["CANCELLED", "ok"]);
      expect(bench.outcome().attempts.every(({ usage: used }) => used !== undefined)).toBe(true);
      expect(bench.outstanding(a, b)).toBe(0);
    });

    it("asks no second while the first is as quick as usual", async () => {
      begin();
      bench.follow({ a: [[pause(99), response("quick")]] });
      expect(await later(bench.whole({ models: [a, b] }), 99)).toBe("quick");
      bench.clock.advance(1_000);
      await settled();
      expect(bench.provider.asked).toHaveLength(1);
    });

    it("keeps the fallback where no hedge is allowed", async () => {
      begin(0);
      bench.follow({ a: [[silence]], b: says("sooner") });
      await later(bench.whole({ models: [a, b] }), 100);
      bench.follow({ a: [[pause(200), new AttemptFailure("UPSTREAM_AUTHENTICATION", "401")]], b: says("rescued") });
      bench.fleet().of(a.deployments[0]).latency.whole.record(100);
      const answer = bench.whole({ models: [a, b] });
      await later(Promise.resolve(), 100);
      expect(await later(answer, 100)).toBe("rescued");
      expect(bench.attempts()).toEqual(["a UPSTREAM_AUTHENTICATION", "b ok"]);
    });

    it("goes on with the chain when both fail", async () => {
      begin();
      const failed = new AttemptFailure("UPSTREAM_AUTHENTICATION", "401");
      bench.follow({ a: [[pause(150), failed]], b: [[failed]], c: says("rescued") });
      const answer = bench.whole({ models: [a, b, model("c")] });
      await later(Promise.resolve(), 100);
      expect(await later(answer, 50)).toBe("rescued");
    });

    it("ends both with the caller", async () => {
      begin();
      const caller = new AbortController();
      bench.follow({ a: [[silence]], b: [[silence]] });
      const refusal = refusalOf(bench.whole({ models: [a, b], incoming: { signal: caller.signal } }));
      await later(Promise.resolve(), 100);
      caller.abort();
      expect((await refusal).reason).toBe("CANCELLED");
      expect(bench.attempts()).toEqual(["a CANCELLED", "b CANCELLED hedge"]);
      const inputs = bench.outcome().attempts.map(({ usage: read }) => read?.inputTokens ?? 0n);
      expect(inputs.every((tokens) => tokens > 0n)).toBe(true);
      expect(bench.provider.openCount()).toBe(0);
      expect(bench.outstanding(a, b)).toBe(0);
    });

    it("hangs up on the slower stream, and counts what it has read", async () => {
      begin();
      bench.follow({ a: [[silence]], b: [pieces(["sooner"], { usage: usage(5n, 1n) })] });
      const stream = await later(bench.stream({ models: [a, b] }), 100);
      expect(bench.provider.openCount()).toBe(1);
      for await (const _ of stream);
      expect(bench.attempts()).toEqual(["a CANCELLED", "b ok hedge"]);
      expect(bench.outcome().attempts[0]?.usage?.inputTokens).toBeGreaterThan(0n);
      expect(bench.outstanding(a, b)).toBe(0);
    });
  });

  it("is over once, with the failure of the last, where every model fails", async () => {
    bench.follow({ a: [[down]], b: [[down]] });
    const refusal = await refusalOf(bench.whole());
    expect(refusal.reason).toBe("ALL_CANDIDATES_FAILED");
    expect(refusal.details.attempts).toHaveLength(4);
    expect(bench.outcomes).toHaveLength(1);
  });
});
