import type { ListModelsRequest, ListModelsResponse } from "@switchyard/contracts/router/v1/router";
import type { Model } from "@switchyard/contracts/vocabulary/model";
import type { Call } from "@switchyard/rpc";
import type { CatalogueModel } from "../domain/catalogue.ts";
import type { Platform } from "../domain/platform.ts";
import { credentialsOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

const perMillion = (nanosPerToken: number) => nanosPerToken / 1_000;

/** RouterService.ListModels. */
export const listModels =
  ({ catalogue, admit }: Pick<Platform, "catalogue" | "admit">) =>
  async (_request: ListModelsRequest, call: Call): Promise<ListModelsResponse> => {
    try {
      admit(credentialsOf(call));
    } catch (error) {
      throw toRpcError(error);
    }
    return { models: catalogue.models.map((model) => toModel(model, model.id === catalogue.baseline.id)) };
  };

const toModel = (model: CatalogueModel, baseline: boolean): Model => ({
  id: model.id,
  provider: model.deployments[0].provider,
  tier: model.tier,
  contextWindow: model.contextWindow,
  maxOutputTokens: model.maxOutputTokens,
  capabilities: [...model.capabilities],
  prices: {
    inputUsdPerMillion: perMillion(model.prices.input),
    cachedInputUsdPerMillion: perMillion(model.prices.cachedInput),
    outputUsdPerMillion: perMillion(model.prices.output),
  },
  baseline,
});
