import { Caller } from "@switchyard/contracts/type/v1/caller";
import { describe, expect, it } from "vitest";
import { policy, prompt } from "../testing/fixtures.ts";
import { type DecisionPolicy, decide } from "./decide.ts";
import { assign, type Experiment } from "./experiments.ts";

const experiment = (change: Partial<Experiment<string>> = {}): Experiment<string> => ({
  ...{ name: "canary", share: 1, tenants: new Set(), features: new Set() },
  arms: [
    { name: "old", weight: 3, way: "old" },
    { name: "new", weight: 1, way: "new" },
  ],
  ...change,
});

const callers = Array.from({ length: 4_000 }, (_, index) =>
  Caller.create({
    tenant: `tenant-${index % 50}`,
    user: `user-${index}`,
    feature: index % 2 === 0 ? "chat" : "search",
  }),
);
const ways = (one: Experiment<string>) => callers.map((caller) => assign(caller, [one])?.way);
const share = (all: readonly (string | undefined)[], way: string | undefined) =>
  all.filter((one) => one === way).length / all.length;

describe("an experiment", () => {
  it("splits callers by weight, and each caller the same way every time", () => {
    const all = ways(experiment());
    expect(share(all, "new")).toBeGreaterThan(0.22);
    expect(share(all, "new")).toBeLessThan(0.28);
    expect(ways(experiment())).toEqual(all);
  });

  it("takes a share of the callers, and keeps those it has when the share grows", () => {
    const [few, more] = [ways(experiment({ share: 0.1 })), ways(experiment({ share: 0.3 }))];
    expect(share(few, undefined)).toBeGreaterThan(0.87);
    expect(share(more, undefined)).toBeLessThan(0.74);
    expect(few.filter((way, index) => way !== undefined && way !== more[index])).toEqual([]);
  });

  it("moves callers only to the arm whose weight grows", () => {
    const before = ways(experiment());
    const arms = [
      { name: "old", weight: 3, way: "old" },
      { name: "new", weight: 3, way: "new" },
    ];
    const after = ways(experiment({ arms }));
    expect(after.filter((way, index) => way !== before[index] && way !== "new")).toEqual([]);
    expect(share(after, "new")).toBeGreaterThan(0.46);
  });

  it("is drawn for itself: who is in one arm here may be in another there", () => {
    const [one, other] = [ways(experiment()), ways(experiment({ name: "other" }))];
    const both = one.filter((way, index) => way === "new" && other[index] === "new").length / one.length;
    expect(both).toBeGreaterThan(0.04);
    expect(both).toBeLessThan(0.09);
  });

  it("is for its tenants and features alone, and the first that fits counts", () => {
    const [caller] = callers as [Caller];
    const only = experiment({ name: "first", tenants: new Set(["elsewhere"]) });
    expect(assign(caller, [only])).toBeUndefined();
    expect(assign(caller, [experiment({ features: new Set(["search"]) })])).toBeUndefined();
    expect(assign(caller, [only, experiment({ name: "second" })])?.name).toMatch(/^second\//);
  });

  it("decides for those of an arm in its own way, and says so", () => {
    const way: DecisionPolicy = { ...policy, qualityTarget: 0.5, without: new Set(["small"]) };
    const arms = [{ name: "cheap", weight: 1, way }];
    const experiments = [{ ...experiment(), arms }];
    const judged = { task: "TASK_CHAT" as const, taskConfidence: 1, complexity: 0.1, complexityConfidence: 1 };
    const judgement = { ...judged, language: "en", classifierVersion: "x" };
    const decision = decide(prompt(), judgement, { ...policy, experiments });
    expect(decision).toMatchObject({ experiment: "canary/cheap", target: 0.5 });
    expect(decision.chain[0].model.id).toBe("middle");
    expect(decision.passedOver).toContainEqual(expect.objectContaining({ model: "small", reason: "experiment" }));
    expect(decide(prompt(), judgement, policy).experiment).toBe("");
  });
});
