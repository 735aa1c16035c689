import { Model } from "@switchyard/contracts/type/v1/model";
import { describe, expect, it } from "vitest";
import { modelListJson } from "./models.ts";

describe("the model list", () => {
  const model = Model.create({
    id: "gpt-4o",
    provider: "openai",
    tier: "TIER_PREMIUM",
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    capabilities: ["tools"],
    prices: { inputUsdPerMillion: 2.5, cachedInputUsdPerMillion: 1.25, outputUsdPerMillion: 10 },
    baseline: true,
  });

  it("holds auto first, then the catalogue with what the platform knows of it", () => {
    expect(modelListJson([model])).toEqual({
      object: "list",
      data: [
        { id: "auto", object: "model", created: 0, owned_by: "switchyard" },
        {
          id: "gpt-4o",
          object: "model",
          created: 0,
          owned_by: "openai",
          switchyard: {
            tier: "premium",
            context_window: 128_000,
            max_output_tokens: 16_384,
            capabilities: ["tools"],
            prices: { input_usd_per_million: 2.5, cached_input_usd_per_million: 1.25, output_usd_per_million: 10 },
            baseline: true,
          },
        },
      ],
    });
  });

  it("holds auto once where the router lists it", () => {
    expect(modelListJson([Model.create({ id: "auto" })]).data).toHaveLength(1);
  });
});
