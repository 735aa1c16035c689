import { describe, expect, it } from "vitest";
import { model, prompt } from "../../testing/fixtures.ts";
import { cheapestCapable } from "./cheapest-capable.ts";
import { latencyAware } from "./latency-aware.ts";
import { choice, choices, occasion, policyContract, ranked } from "./policy.contract.ts";
import { qualityTarget } from "./quality-target.ts";
import { twoModel } from "./two-model.ts";
import { weighted } from "./weighted.ts";

const pair = (threshold: number) => twoModel({ strong: "large", weak: "small", threshold });

policyContract("quality target", qualityTarget);
policyContract("cheapest capable", cheapestCapable);
policyContract("latency aware", latencyAware);
policyContract("two model", pair(0.7));
policyContract("weighted", weighted(new Map([["middle", 3]])));

describe("the quality target policy", () => {
  it("asks the cheapest that is good enough, then the other good ones, then the most able of the rest", () => {
    expect(ranked(qualityTarget)).toEqual(["middle", "large", "small"]);
  });
});

describe("the cheapest capable policy", () => {
  it("asks the cheapest, and takes its answer for what was asked for", () => {
    const { chain } = cheapestCapable(choices, occasion());
    expect(chain.map((one) => [one.model.id, one.isAdequate])).toEqual([
      ["small", true],
      ["middle", true],
      ["large", true],
    ]);
  });
});

describe("the latency aware policy", () => {
  it("asks the fastest of the good ones, however fast the others are", () => {
    const times: Record<string, number> = { small: 10, middle: 900, large: 300 };
    const latencyMs = ({ id }: { id: string }) => times[id];
    expect(ranked(latencyAware, choices, occasion({ latencyMs }))).toEqual(["large", "middle", "small"]);
  });

  it("tries a good one whose time is not known", () => {
    const latencyMs = ({ id }: { id: string }) => (id === "large" ? undefined : 300);
    expect(ranked(latencyAware, choices, occasion({ latencyMs }))).toEqual(["large", "middle", "small"]);
  });
});

describe("the two model policy", () => {
  it("asks the weak model from the threshold on, and the strong one below it", () => {
    expect(ranked(pair(0.6))).toEqual(["small", "large", "middle"]);
    expect(ranked(pair(0.61))).toEqual(["large", "small", "middle"]);
  });

  it("asks the strong model where the weak one cannot take the request", () => {
    expect(ranked(pair(0), choices.slice(1))).toEqual(["large", "middle"]);
    expect(pair(0)(choices.slice(1), occasion()).reason).toBe("the weak model cannot take the request");
  });
});

describe("the weighted policy", () => {
  const equals = ["a", "b", "c"].map((id) => choice(model(id), 0.95, 5));
  const asked = (weights: Record<string, number>) =>
    Array.from({ length: 2_000 }, (_, index) => {
      const text = [{ part: { $case: "text" as const, value: `question ${index}` } }];
      const one = prompt({}, { messages: [{ role: "ROLE_USER", content: text }] });
      return ranked(weighted(new Map(Object.entries(weights))), equals, occasion({ prompt: one }))[0] as string;
    });
  const share = (first: readonly string[], id: string) => first.filter((one) => one === id).length / first.length;

  it("spreads requests by weight", () => {
    const first = asked({ a: 1, b: 2, c: 1 });
    expect(share(first, "b")).toBeGreaterThan(0.45);
    expect(share(first, "b")).toBeLessThan(0.55);
    expect(share(first, "a")).toBeGreaterThan(0.2);
  });

  it("sends nothing to a model of weight 0 while another is good enough", () => {
    expect(share(asked({ a: 0 }), "a")).toBe(0);
  });

  it("moves only what it must when a weight grows", () => {
    const before = asked({});
    const after = asked({ b: 2 });
    expect(before.filter((id, index) => id !== after[index] && after[index] !== "b")).toEqual([]);
  });
});
