import { beforeEach, describe, expect, it } from "vitest";
import type { ReserveOrder, Settlement } from "../../ports.ts";
import {
  catalogue,
  policy as decisions,
  economy,
  estimateTokens,
  type FakeClock,
  fakeClock,
  incoming,
  model,
  premium,
  recordingObserver,
  resiliencePolicy,
  response,
  standard,
} from "../../testing/fixtures.ts";
import {
  pause,
  type Script,
  type ScriptedProvider,
  scriptedProvider,
  silence,
} from "../../testing/scripted-provider.ts";
import { background } from "../background.ts";
import { complete } from "../complete.ts";
import { createSteps } from "../create-steps.ts";
import type { DecisionPolicy } from "../decide.ts";
import { AttemptFailure } from "../dispatch/attempt-failure.ts";
import { createResilience } from "../dispatch/resilience.ts";
import { Refusal } from "../refusal.ts";
import type { Incoming } from "../request.ts";
import { noHints, textOf } from "../shape.ts";
import { createLabels, type Labels } from "./labels.ts";
import type { OpinionPolicy } from "./second-opinion.ts";

const asking: OpinionPolicy = { enabled: true, belowConfidence: 0.55, timeoutMs: 1_500, maxCostShare: 0.25 };
/** Who is asked for opinions alone, so that its calls are told apart from those for answers. */
const sorter = model("sorter", { tier: "TIER_ECONOMY", prices: { input: 1, cachedInput: 1, output: 1 } });

describe("a second opinion", () => {
  let clock: FakeClock;
  let script: Script;
  let provider: ScriptedProvider;
  let labels: Labels;
  let confidence: number;
  let version: string;
  let orders: ReserveOrder[];
  let released: string[];
  let settled: Settlement[];
  let refuses: (order: ReserveOrder) => boolean;
  let observer: ReturnType<typeof recordingObserver>;
  let work: ReturnType<typeof background>;
  let steps: ReturnType<typeof createSteps>;

  beforeEach(() => {
    clock = fakeClock();
    script = {
      sorter: [[response("chat 0.1")]],
      small: [[response("s")]],
      middle: [[response("m")]],
      large: [[response("l")]],
    };
    provider = scriptedProvider(() => script, clock);
    labels = createLabels({ most: 2, keepMs: 60_000 }, clock.now);
    confidence = 0.3;
    version = "test";
    [orders, released, settled] = [[], [], []];
    refuses = () => false;
    observer = recordingObserver();
    work = background(
      clock,
      () => true,
      () => undefined,
    );
    steps = stepsBy();
  });

  const stepsBy = (opinion: Partial<OpinionPolicy> = {}, change: Partial<DecisionPolicy> = {}) =>
    createSteps({
      access: { keys: new Map(), anonymous: { tenant: "local", budgetTier: "pro" } },
      policy: { ...decisions, catalogue: catalogue(sorter, economy, standard, premium), without: new Set(), ...change },
      cache: {
        lookup: async () => ({
          ...{ verdict: "CACHE_VERDICT_MISS" as const, answer: undefined, ageSeconds: 0n, tickets: [], entryId: "" },
          ...{ likeness: undefined, flight: undefined, embedding: undefined },
        }),
        store: async () => undefined,
        publish: () => expect.unreachable(),
        follow: () => expect.unreachable(),
        reportBadHit: () => expect.unreachable(),
        invalidate: () => expect.unreachable(),
      },
      classifier: {
        classify: async () => ({
          ...{
            task: "TASK_REASONING" as const,
            taskConfidence: confidence,
            complexity: 0.5,
            complexityConfidence: 0.3,
          },
          ...{ language: "en", classifierVersion: version },
        }),
      },
      budget: {
        async reserve(order) {
          orders.push(order);
          if (refuses(order)) throw new Refusal("BUDGET_EXHAUSTED", "nothing is left");
          return { kind: "granted", warnings: [] };
        },
        settle: async (settlement) => void settled.push(settlement),
        release: async (requestId) => void released.push(requestId),
      },
      opinion: { policy: { ...asking, ...opinion }, labels },
      ...{
        observer,
        provider,
        background: work,
        clock,
        estimateTokens,
        keepsTruncated: false,
        sendsPromptCacheKeys: false,
      },
      resilience: createResilience(resiliencePolicy, clock, observer),
      onUnforeseen: () => expect.unreachable(),
      random: () => 0,
      newRequestId: () => "request-1",
      traceId: () => "",
    });

  const run = async (change: Partial<Incoming> = {}, chat = {}) => {
    const answer = await complete(incoming(change, chat), steps);
    await work.idle();
    return answer.routing();
  };
  const questions = () => provider.asked.filter(({ at }) => at.model === "sorter").map(({ chat }) => chat);
  const under = (system: string) => ({
    messages: [
      { role: "ROLE_SYSTEM", content: [{ part: { $case: "text", value: system } }] },
      { role: "ROLE_USER", content: [{ part: { $case: "text", value: "the user's words" } }] },
    ],
  });

  it("makes a doubtful judgement better, and is booked on the request and reserved for", async () => {
    const routing = await run();
    expect(routing.model).toBe("sorter");
    expect(routing.classification).toMatchObject({ task: "TASK_CHAT", taskConfidence: 0.75, complexity: 0.3 });
    expect(routing.classification?.classifierVersion).toBe("test+sorter");
    expect(routing.attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ["sorter", "CLASSIFY"],
      ["sorter", "ok"],
    ]);
    expect(routing.costUsdNanos).toBe(60n);
    expect(orders.map(({ requestId }) => requestId)).toEqual(["request-1/opinion", "request-1"]);
    expect(released).toEqual(["request-1/opinion"]);
    expect(settled.map(({ requestId, attempts }) => [requestId, attempts.length])).toEqual([["request-1", 2]]);
    expect(observer.events).toEqual(["opinion of sorter taken"]);
  });

  it("counts as waiting for a provider, not as overhead", async () => {
    script.sorter = [[pause(200), response("chat 0.1")], [response("fine")]];
    const running = run();
    await turns();
    clock.advance(200);
    const { overheadUs, upstreamUs } = await running;
    expect([overheadUs, upstreamUs]).toEqual([0n, 200_000n]);
  });

  it.each<[string, () => unknown]>([
    ["the classifier is sure", () => (confidence = 0.6)],
    ["the classifier is down", () => (version = "fallback")],
    ["it is off", () => (steps = stepsBy({ enabled: false }))],
    ["it would cost too much of what the answer costs", () => (steps = stepsBy({ maxCostShare: 0.000_01 }))],
    ["nobody may be asked", () => (steps = stepsBy({}, { catalogue: catalogue(premium) }))],
  ])("is not asked for where %s", async (_name, given) => {
    given();
    await run();
    expect(orders.map(({ requestId }) => requestId)).toEqual(["request-1"]);
    expect(observer.events).toEqual([]);
  });

  it("is not asked for by a caller in a hurry, nor beyond what the request may cost", async () => {
    await run({ hints: { ...noHints, latencyBoundMs: 500 } });
    await run({ hints: { ...noHints, maxCostUsdNanos: 655_000n } });
    expect(observer.events).toEqual([]);
  });

  it("does not show a prompt to a model that may not see it", async () => {
    const careless = { ...sorter, maxSensitivity: "SENSITIVITY_PUBLIC" as const };
    steps = stepsBy({ model: "sorter" }, { catalogue: catalogue(careless, economy, standard, premium) });
    await run();
    expect(provider.asked.map(({ at }) => at.model)).not.toContain("sorter");
  });

  it.each<[string, () => Script["sorter"], string]>([
    ["fails", () => [[new AttemptFailure("UPSTREAM_UNAVAILABLE", "down")]], "UPSTREAM_UNAVAILABLE"],
    ["says no", () => [[new AttemptFailure("UPSTREAM_CONTENT_FILTER", "no")]], "UPSTREAM_CONTENT_FILTER"],
    ["answers something else", () => [[response("Sure! Here is the answer: chat 0.1")]], "CLASSIFY"],
  ])("changes nothing where the model %s", async (_name, turns, outcome) => {
    const before = await (async () => {
      steps = stepsBy({ enabled: false });
      return run();
    })();
    steps = stepsBy();
    script = { ...script, sorter: turns() ?? [] };
    const routing = await run();
    expect(routing.attempts[0]).toMatchObject({ model: "sorter", outcome });
    expect([routing.model, routing.classification]).toEqual([before.model, before.classification]);
    expect(released).toEqual(["request-1/opinion"]);
  });

  it("is waited for no longer than its time, and then the request goes on", async () => {
    script.sorter = [[silence]];
    const running = run();
    await turns();
    clock.advance(1_500);
    const routing = await running;
    expect(routing.attempts[0]).toMatchObject({ outcome: "UPSTREAM_TIMEOUT", durationUs: 1_500_000n });
    expect(routing.attempts[0]?.costUsdNanos).toBeGreaterThan(0n);
    expect(routing.classification?.classifierVersion).toBe("test");
    expect(provider.openCount()).toBe(0);
  });

  it("takes a quarter of a short deadline at most", async () => {
    script.sorter = [[silence]];
    const running = run({ deadline: 400 });
    await turns();
    clock.advance(100);
    expect((await running).attempts[0]).toMatchObject({ outcome: "UPSTREAM_TIMEOUT", durationUs: 100_000n });
  });

  it("is not asked for where the budget has no room for it, and the request goes on", async () => {
    refuses = ({ requestId }) => requestId.endsWith("/opinion");
    const routing = await run();
    expect(routing.attempts.map(({ outcome }) => outcome)).toEqual(["ok"]);
    expect(observer.events).toEqual(["opinion of sorter no_budget"]);
  });

  it("is booked where the request is refused after it", async () => {
    refuses = ({ requestId }) => requestId === "request-1";
    await expect(run()).rejects.toThrow("nothing is left");
    await work.idle();
    expect(settled).toEqual([
      expect.objectContaining({
        ...{ requestId: "request-1", model: "", outcome: "BUDGET_EXHAUSTED" },
        attempts: [expect.objectContaining({ outcome: "CLASSIFY" })],
      }),
    ]);
  });

  describe("about instructions", () => {
    it("is asked once without a word of the user, and holds for all requests under them", async () => {
      script.sorter = [[response("extraction 0.1")]];
      const first = await run({}, under("Take names out of e-mails."));
      const second = await run({}, under("Take names out of e-mails."));
      expect(questions().filter(({ maxTokens }) => maxTokens === 16)).toHaveLength(1);
      expect(JSON.stringify(questions()[0], (_, value) => (typeof value === "bigint" ? 0 : value))).not.toContain(
        "user's words",
      );
      expect(first.classification).toMatchObject({ task: "TASK_EXTRACTION", classifierVersion: "test+sorter" });
      expect(second.classification).toMatchObject({ task: "TASK_EXTRACTION", classifierVersion: "test+kept" });
      expect(second.attempts.map(({ outcome }) => outcome)).toEqual(["ok"]);
    });

    it("is asked about each prompt where they are for various things", async () => {
      script = { ...script, sorter: [[response("various 0.5")], [response("code 0.2")]] };
      steps = stepsBy({ model: "sorter" });
      const first = await run({}, under("You help."));
      const second = await run({}, under("You help."));
      expect(first.classification?.task).toBe("TASK_REASONING");
      expect(second.classification?.task).toBe("TASK_CODE");
      const asked = questions().filter(({ maxTokens }) => maxTokens === 16);
      expect(asked.map(({ messages }) => textOf(messages[1]).includes("user's words"))).toEqual([false, true]);
    });

    it("is not asked by a second request while the first waits", async () => {
      script.sorter = [[pause(100), response("extraction 0.1")]];
      const both = [run({}, under("Same.")), run({}, under("Same."))];
      await turns();
      clock.advance(100);
      await turns();
      clock.advance(100);
      await Promise.all(both);
      expect(observer.events.filter((event) => event.startsWith("opinion"))).toHaveLength(1);
    });

    it("is kept by tenant, for a while, and no more than so many", () => {
      const label = { task: "TASK_CODE", complexity: 0.5 } as const;
      for (const key of ["a", "b", "c"]) labels.keep(key, label);
      expect([labels.of("a"), labels.of("b"), labels.of("c")]).toEqual([undefined, label, label]);
      clock.advance(60_000);
      expect(labels.of("c")).toBeUndefined();
    });
  });
});

/** Lets everything run that waits for nothing. */
async function turns() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
