import { parseConfig } from "@switchyard/config";
import { describe, expect, it } from "vitest";
import { createFleet } from "../domain/dispatch/fleet.ts";
import { choices, occasion, ranked } from "../domain/policies/policy.contract.ts";
import { economy, fakeClock, prompt, resiliencePolicy, standard } from "../testing/fixtures.ts";
import { chosenPolicy } from "./config-policy.ts";

const fleet = () => createFleet(resiliencePolicy.breaker, fakeClock(), () => undefined);

function chosen(policy: string, of = fleet()) {
  const text = `
router: { baselineModel: large, policy: ${policy} }
providers: { one: { baseUrl: "http://localhost", keys: [{ env: KEY }] } }
models:
  - { id: large, providers: [one], tier: premium, contextWindow: 9000, maxOutputTokens: 900, prices: { input: 1, output: 1 } }
  - { id: small, providers: [one], tier: economy, contextWindow: 9000, maxOutputTokens: 900, prices: { input: 1, output: 1 } }
`;
  const config = parseConfig(text, { environment: {}, folder: "/somewhere" });
  return chosenPolicy(config.router.policy, of);
}

describe("the policy that the configuration names", () => {
  it("orders models in its own way", () => {
    const first = (policy: string) => ranked(chosen(policy).rank)[0];
    expect(first("{}")).toBe("middle");
    expect(first("{ kind: cheapest-capable }")).toBe("small");
    expect(first("{ kind: two-model, twoModel: { strong: large, weak: small, threshold: 0.5 } }")).toBe("small");
    expect(first("{ kind: two-model, twoModel: { strong: large, weak: small, threshold: 0.7 } }")).toBe("large");
    expect(first("{ kind: weighted, weights: { large: 0 } }")).toBe("middle");
    expect(first("{ kind: latency-aware }")).toBe("middle");
  });

  it("tells how fast a model is by its quickest place, once anything is known", () => {
    const own = fleet();
    const two = { ...standard, deployments: [...standard.deployments, { ...standard.deployments[0], provider: "b" }] };
    const model = two as unknown as typeof standard;
    const { latencyMs } = chosen("{}", own);
    expect(latencyMs(model)).toBeUndefined();
    for (const [index, deployment] of model.deployments.entries()) {
      own.of(deployment).answers.whole.record(100 * (index + 1));
    }
    expect(latencyMs(model)).toBeCloseTo(100, -1);
    expect(ranked(chosen("{ kind: latency-aware }", own).rank, choices, occasion({ latencyMs }))).toContain("middle");
  });

  it("takes chances from the table, or from learned odds, and names which", () => {
    const table = chosen("{ odds: table }");
    expect([table.weights, table.appraise, table.basisOf(prompt())]).toEqual(["table", undefined, undefined]);
    const learned = chosen("{ odds: learned }");
    expect(learned.weights).toMatch(/^odds-/);
    expect(learned.basisOf(prompt())).toMatchObject({ version: learned.weights });
    expect(economy.id).toBe("small");
  });

  it("does not start with odds that cannot be read", () => {
    expect(() => chosen("{ odds: learned, oddsFile: nowhere.bin }")).toThrow(/somewhere\/nowhere\.bin/);
  });
});
