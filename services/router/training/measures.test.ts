import { describe, expect, it } from "vitest";
import { chooseThreshold, operate, quantile, recoveredGain, type Scored } from "./measures.ts";

const scored = (strong: number, cheap: number, score: number): Scored => ({
  ...{ strong, cheap, score },
  ...{ strongCost: 10, cheapCost: 1 },
});

describe("the recovered gain", () => {
  const half = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? [1, 0] : [1, 1]));

  it("is one half where all scores are equal", () => {
    expect(recoveredGain(half.map(([strong = 0, cheap = 0]) => scored(strong, cheap, 1))).apgr).toBeCloseTo(0.5, 10);
  });

  it("is three quarters, and all of the gap at half of the calls, where scores know the half that gains", () => {
    const gain = recoveredGain(
      half.map(([strong = 0, cheap = 0], index) => scored(strong, cheap, strong - cheap + index / 1e6)),
    );
    expect(gain.apgr).toBeCloseTo(0.75, 1);
    expect(gain.cpt50).toBeCloseTo(0.25, 1);
  });

  it("is one quarter where scores are the wrong way round", () => {
    const gain = recoveredGain(
      half.map(([strong = 0, cheap = 0], index) => scored(strong, cheap, cheap - strong + index / 1e6)),
    );
    expect(gain.apgr).toBeCloseTo(0.25, 1);
  });
});

it("takes quantiles linearly between neighbours", () => {
  expect(quantile([0, 1, 2, 3], 0.5)).toBe(1.5);
  expect(quantile([0, 1, 2, 3], 1)).toBe(3);
});

describe("the chosen threshold", () => {
  const prompts = [scored(1, 0, 0.9), scored(1, 1, 0.5), scored(1, 1, 0.3), scored(0, 1, 0.1)];

  it("saves most while the quality is kept", () => {
    expect(operate(prompts, chooseThreshold(prompts, 1)).quality).toBeGreaterThanOrEqual(1);
    expect(operate(prompts, chooseThreshold(prompts, 1)).saved).toBeCloseTo(0.9, 5);
  });

  it("sends everything to the strong model where nothing else keeps the quality", () => {
    const bad = [scored(1, 0, 0.1), scored(1, 0, 0.9)];
    expect(operate(bad, chooseThreshold(bad, 1)).strongShare).toBe(1);
  });
});
