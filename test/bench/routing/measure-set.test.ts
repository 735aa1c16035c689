import { describe, expect, it } from "vitest";
import { outcomeAucOf } from "./measure-set.ts";

const pair = { strong: "large", cheap: "small" };
const row = (large: number, small: number) => ({
  ...{ id: "", source: "exam", prompt: "", tok_in: 1 },
  models: { large: { score: large }, small: { score: small } },
});
const chancesOf = (cheap: readonly number[]) => ({
  chance: (index: number, _: string, model: string) => (model === "small" ? (cheap[index] as number) : 0.9),
});

describe("the area under the curve of outcomes", () => {
  it("is 1 where the odds rank every cheap answer that is good above every one that is not", () => {
    const rows = [row(1, 1), row(1, 0), row(0, 0)];
    expect(outcomeAucOf(rows, "exam", pair, chancesOf([0.8, 0.3, 0.2]))).toEqual({ good: 1, asGood: 0.5 });
  });

  it("is absent where all cheap answers are alike, and takes no row that lacks a model", () => {
    const lone = { ...row(1, 1), models: { small: { score: 0 } } };
    expect(outcomeAucOf([row(1, 1), row(1, 1), lone], "exam", pair, chancesOf([0.8, 0.3, 0.2]))).toEqual({});
  });
});
