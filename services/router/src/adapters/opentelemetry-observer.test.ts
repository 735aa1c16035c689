import { createInstruments, inSpan } from "@switchyard/telemetry";
import { recordTelemetry } from "@switchyard/telemetry/testing";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { AttemptFailure } from "../domain/dispatch/attempt-failure.ts";
import type { Observer } from "../ports.ts";
import { dispatchBench, readAll, refusalOf, says, settled } from "../testing/dispatch-bench.ts";
import { model, prompt, resiliencePolicy, usage } from "../testing/fixtures.ts";
import { type RecordedLine, recordingLogger } from "../testing/recording-logger.ts";
import { pieces, silence } from "../testing/scripted-provider.ts";
import { telemetryObserver } from "./opentelemetry-observer.ts";

const recorder = recordTelemetry();
const instruments = createInstruments();
const deployment = { model: "a", provider: "somewhere", rank: 0, weight: 1 };

describe("what the telemetry tells of failures", () => {
  let observer: Observer;
  let lines: readonly RecordedLine[];

  beforeEach(() => {
    const recording = recordingLogger();
    lines = recording.lines;
    observer = telemetryObserver(instruments, recording.logger);
  });
  afterAll(() => recorder.stop());

  const measured = async (metric: string, attributes: object) =>
    (await recorder.points()).find(
      (point) =>
        point.metric === metric && Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
    )?.value;
  const eventsWithin = async (work: () => void) => {
    await inSpan("dispatch", {}, async () => work());
    return recorder.spans.at(-1)?.events.map(({ name, attributes }) => ({ name, attributes }));
  };

  it("is a fallback as a log line, a metric and a span event", async () => {
    const labels = {
      "switchyard.from_model": "a",
      "switchyard.model": "b",
      "switchyard.cause": "UPSTREAM_UNAVAILABLE",
    };
    const events = await eventsWithin(() => observer.fellBack("a", "b", "UPSTREAM_UNAVAILABLE"));
    expect(events).toEqual([{ name: "switchyard.fallback_engaged", attributes: labels }]);
    expect(await measured("switchyard.fallbacks", labels)).toBe(1);
    expect(lines).toEqual([
      {
        level: "warn",
        message: "fallback engaged",
        fields: { from: "a", to: "b", cause: "UPSTREAM_UNAVAILABLE", times: 1 },
      },
    ]);
  });

  it("counts every fallback and logs a storm of them once", async () => {
    for (let time = 0; time < 100; time++) observer.fellBack("storm", "b", "UPSTREAM_TIMEOUT");
    expect(await measured("switchyard.fallbacks", { "switchyard.from_model": "storm" })).toBe(100);
    expect(lines).toHaveLength(1);
  });

  it("is a breaker that opens and closes, each as a log line, a metric and a span event", async () => {
    const labels = { "switchyard.model": "a", "switchyard.provider": "somewhere" };
    const events = await eventsWithin(() => {
      observer.breakerChanged(deployment, { state: "open", openMs: 5_000, source: "seen" });
      observer.breakerChanged(deployment, { state: "closed", openMs: 0, source: "seen" });
    });
    expect(events).toEqual([
      { name: "switchyard.breaker_open", attributes: { ...labels, "switchyard.state": "open" } },
      { name: "switchyard.breaker_closed", attributes: { ...labels, "switchyard.state": "closed" } },
    ]);
    expect(await measured("switchyard.breaker.changes", { ...labels, "switchyard.state": "open" })).toBe(1);
    expect(await measured("switchyard.breaker.changes", { ...labels, "switchyard.state": "closed" })).toBe(1);
    expect(lines).toEqual([
      {
        level: "warn",
        message: "breaker open",
        fields: { model: "a", provider: "somewhere", openMs: 5_000, source: "seen" },
      },
      { level: "info", message: "breaker closed", fields: { model: "a", provider: "somewhere" } },
    ]);
  });

  it("is a hedge and a continuation as metric and span event", async () => {
    const labels = { "switchyard.from_model": "a", "switchyard.model": "b" };
    const continuation = {
      fromModel: "a",
      model: "b",
      cause: "UPSTREAM_TIMEOUT",
      method: "prompt",
      afterCharacters: 9n,
    };
    const events = await eventsWithin(() => {
      observer.hedged("a", "b");
      observer.continued(continuation);
    });
    expect(events?.map(({ name }) => name)).toEqual(["switchyard.hedged", "switchyard.stream_continued"]);
    expect(await measured("switchyard.hedges", labels)).toBe(1);
    expect(await measured("switchyard.stream.continuations", labels)).toBe(1);
    expect(lines.map(({ message }) => message)).toEqual(["stream continued"]);
  });

  describe("in the report of a request", () => {
    const report = async (bench: ReturnType<typeof dispatchBench>, isStreamed = false) => {
      const outcome = bench.outcome();
      const story = {
        ...{ requestId: "1", traceId: "", model: "a", provider: "somewhere", tier: "TIER_STANDARD" as const },
        ...{ classification: undefined, reason: "", candidates: [], passedOver: [], warnings: [], continuations: [] },
        ...{ cacheVerdict: "CACHE_VERDICT_MISS" as const, cacheAgeSeconds: 0n, costUsdNanos: 0n },
        ...{
          baselineCostUsdNanos: 0n,
          baselineModel: "a",
          overheadUs: 0n,
          upstreamUs: 0n,
          cacheEntryId: "",
          cacheHitProbability: undefined,
          cascade: undefined,
          policyVersion: "",
          experiment: "",
        },
        attempts: outcome.attempts.map((attempt) => ({
          ...attempt,
          continued: outcome.continuations.some(({ fromModel }) => fromModel === attempt.model),
        })),
      };
      observer.report(prompt({ isStreamed }), story, outcome);
    };

    it("counts retries by provider: attempts at a place that was asked before", async () => {
      const bench = dispatchBench();
      const [first, second] = ["retried", "other"].map((provider) =>
        model(provider, { deployments: [{ ...deployment, model: provider, provider }] }),
      );
      if (!first || !second) throw new TypeError("two models were expected");
      await refusalOf(bench.whole({ models: [first, second] }));
      await report(bench);
      expect(await measured("switchyard.retries", { "switchyard.provider": "retried" })).toBe(1);
      expect(await measured("switchyard.retries", { "switchyard.provider": "other" })).toBe(1);
      const failed = { "switchyard.model": "retried", "switchyard.outcome": "UPSTREAM_UNAVAILABLE" };
      expect(await measured("switchyard.attempts", failed)).toBe(2);
    });

    it("counts what a hedge that lost has read as wasted, and the hedge as no retry", async () => {
      const bench = dispatchBench();
      const [slow, quick] = [model("slow"), model("quick")];
      const hedging = { ...resiliencePolicy.hedging, enabled: true, minSamples: 1 };
      const { fleet } = bench.meetFailuresBy({ hedging });
      fleet.of(slow.deployments[0]).latency.whole.record(100);
      bench.follow({ slow: [[silence]], quick: says("sooner") });
      const answer = bench.whole({ models: [slow, quick] });
      await settled();
      bench.clock.advance(100);
      await answer;
      await report(bench);
      const wasted = { "switchyard.model": "slow", "switchyard.outcome": "CANCELLED" };
      expect(await measured("switchyard.tokens.wasted", wasted)).toBe(
        Number(bench.outcome().attempts.find(({ outcome }) => outcome === "CANCELLED")?.usage?.inputTokens),
      );
      expect(await measured("switchyard.tokens.wasted", { "switchyard.model": "quick" })).toBeUndefined();
      expect(await measured("switchyard.retries", { "switchyard.provider": "somewhere" })).toBeUndefined();
    });

    describe("of a stream that broke", () => {
      const cut = new AttemptFailure("UPSTREAM_BROKEN_ANSWER", "cut");
      const torn = { "switchyard.model": "torn", "switchyard.outcome": "UPSTREAM_BROKEN_ANSWER" };

      it("counts what it took as wasted", async () => {
        const bench = dispatchBench();
        bench.follow({ torn: [[...pieces(["one "]), cut]] });
        const reading = bench.stream({ models: [model("torn")] }).then(readAll);
        await expect(reading).rejects.toThrow("broke off");
        await report(bench, true);
        expect(await measured("switchyard.tokens.wasted", torn)).toBeGreaterThan(0);
      });

      it("wastes nothing where another model went on with it, for its words are in the answer", async () => {
        const bench = dispatchBench();
        bench.follow({ frayed: [[...pieces(["one "]), cut]], whole: [pieces(["two"], { usage: usage(7n, 1n) })] });
        await readAll(await bench.stream({ models: [model("frayed"), model("whole")] }));
        await report(bench, true);
        const frayed = { ...torn, "switchyard.model": "frayed" };
        expect(await measured("switchyard.attempts", frayed)).toBe(1);
        expect(await measured("switchyard.tokens.wasted", frayed)).toBeUndefined();
      });
    });
  });
});
