import { describe, expect, it } from "vitest";
import { createPriceList, nanosPerToken } from "./price-list.ts";

const model = (id: string) => ({ id, isChat: true, prices: { fresh: 1, cached: 1, output: 1 } });
const find = createPriceList([model("gpt-4o"), model("GLM-4-plus"), model("vendor/own"), model("gpt-4o-2024-05-13")]);

describe("the price list", () => {
  it.each([
    ["gpt-4o", "gpt-4o"],
    ["GPT-4o", "gpt-4o"],
    ["glm-4-plus", "GLM-4-plus"],
    ["openai/gpt-4o", "gpt-4o"],
    ["vendor/own", "vendor/own"],
    ["gpt-4o-2024-08-06", "gpt-4o"],
    ["gpt-4o-2024-05-13", "gpt-4o-2024-05-13"],
    ["azure/openai/gpt-4o-0613", "gpt-4o"],
  ])("finds %s as %s", (name, id) => {
    expect(find([name])?.id).toBe(id);
  });

  it("takes the first name that it knows", () => {
    expect(find(["my-deployment", "gpt-4o-2024-08-06"])?.id).toBe("gpt-4o");
  });

  it("does not take a model for its smaller sister", () => {
    expect(find(["gpt-4o-mini"])).toBeUndefined();
    expect(find(["gpt-4"])).toBeUndefined();
  });

  it("turns USD per million tokens into nano-USD per token without noise", () => {
    expect([0.27, 0.55, 1.1, 2.5, 0.01, 0.0375].map(nanosPerToken)).toEqual([270, 550, 1_100, 2_500, 10, 37.5]);
  });
});
