import { describe, expect, it } from "vitest";
import { cascadePolicy, catalogue, economy, model, policy, premium, prompt, standard } from "../../testing/fixtures.ts";
import { type DecisionPolicy, decide, type Judgement } from "../decide.ts";
import { noHints } from "../shape.ts";
import { upperBound } from "../upper-bound.ts";
import type { CascadePolicy } from "./plan.ts";

const judge = model("judge", { tier: "TIER_ECONOMY", prices: { input: 1, cachedInput: 1, output: 1 } });

/** A prompt of which the standard model is good enough, and the economy one with this chance. */
function decided(chance: number, own: Partial<CascadePolicy> = {}, hints = {}, more: Partial<DecisionPolicy> = {}) {
  return decide(prompt({ hints: { ...noHints, ...hints }, isStreamed: more === streamed }), judgement, {
    ...policy,
    catalogue: catalogue(economy, standard, premium, judge),
    appraise: () => (one) => (one === economy ? chance : one === judge ? 0.05 : 0.95),
    cascade: { ...cascadePolicy, judge: "judge", ...own },
    nowMs: () => 0,
    ...more,
  });
}

const streamed: Partial<DecisionPolicy> = {};
const judgement: Judgement = {
  ...{ task: "TASK_CHAT", taskConfidence: 1, complexity: 0.5, complexityConfidence: 1 },
  ...{ language: "en", classifierVersion: "test" },
};
const first = (decision: ReturnType<typeof decided>) => decision.chain[0].model.id;

describe("a cascade is planned", () => {
  it("where the cheaper model with its checks is expected to be good enough and to cost less", () => {
    const decision = decided(0.75);
    expect(decision.chain.map((one) => one.model.id)).toEqual(["small", "middle", "large", "judge"]);
    expect(decision.cascade).toMatchObject({ trial: { isAdequate: true }, direct: { model: { id: "middle" } } });
    const { expectedCostUsdNanos = 0n, directCostUsdNanos = 0n } = decision.cascade ?? {};
    expect(expectedCostUsdNanos).toBeLessThan(directCostUsdNanos);
  });

  it("nowhere that a wrong answer would pass too often", () => {
    expect(first(decided(0.75, { judge: undefined }))).toBe("middle");
    expect(decided(0.2).cascade?.trial.model.id).toBeUndefined();
  });

  it("nowhere that it saves too little", () => {
    expect(first(decided(0.75, { minSaving: 0.9 }))).toBe("middle");
  });

  it("for the tasks that the policy names, or where the request says so", () => {
    expect(first(decided(0.75, { tasks: new Set(["TASK_CODE"]) }))).toBe("middle");
    expect(first(decided(0.75, { tasks: new Set(["TASK_CODE"]) }, { cascade: true }))).toBe("small");
    expect(first(decided(0.75, { enabled: false }))).toBe("middle");
    expect(first(decided(0.75, {}, { cascade: false }))).toBe("middle");
  });

  it("for streams only where the policy lets them wait", () => {
    expect(first(decided(0.75, { streams: false }, {}, streamed))).toBe("middle");
    expect(first(decided(0.75, { streams: true }, {}, streamed))).toBe("small");
  });

  it("never beyond what the request may cost, or the time that it has", () => {
    const { chain } = decided(0.75);
    const both = (chain[0].candidate.estimatedCostUsdNanos ?? 0n) + (chain[1]?.candidate.estimatedCostUsdNanos ?? 0n);
    expect(first(decided(0.75, {}, { maxCostUsdNanos: both }))).toBe("small");
    expect(first(decided(0.75, {}, { maxCostUsdNanos: both - 1n }))).toBe("middle");
    expect(first(decided(0.75, {}, {}, { latencyMs: () => 30_000 }))).toBe("middle");
    expect(first(decided(0.75, {}, {}, { latencyMs: () => 10_000 }))).toBe("small");
  });

  it("with a reservation for the trial, its checks and the way up together", () => {
    const decision = decided(0.75);
    const legs = { hedge: false, continuation: false };
    const { cascade: _, ...direct } = { ...decision, chain: decision.chain.slice(1) };
    const extra = upperBound(prompt(), decision, legs).costUsdNanos - upperBound(prompt(), direct, legs).costUsdNanos;
    expect(extra).toBeGreaterThan(upperBound(prompt(), { chain: [decision.chain[0]] }, legs).costUsdNanos);
  });
});
