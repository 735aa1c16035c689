import type { ListModelsRequest, ListModelsResponse } from "@switchyard/contracts/router/v1/router";
import type { Platform } from "../domain/platform.ts";

const perMillion = (nanosPerToken: number) => nanosPerToken / 1_000;

/** RouterService.ListModels. */
export const listModels =
  ({ catalogue }: Pick<Platform, "catalogue">) =>
  async (_request: ListModelsRequest): Promise<ListModelsResponse> => ({
    models: catalogue.models.map((model) => ({
      id: model.id,
      provider: model.provider,
      tier: model.tier,
      contextWindow: model.contextWindow,
      maxOutputTokens: model.maxOutputTokens,
      capabilities: [...model.capabilities],
      prices: {
        inputUsdPerMillion: perMillion(model.prices.input),
        cachedInputUsdPerMillion: perMillion(model.prices.cachedInput),
        outputUsdPerMillion: perMillion(model.prices.output),
      },
      baseline: model.id === catalogue.baseline.id,
    })),
  });
