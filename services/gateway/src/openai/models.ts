import type { Model } from "@switchyard/contracts/vocabulary/model";
import { tierName } from "../routing/names.ts";

/** The name under which the platform chooses the model itself. */
const auto = { id: "auto", object: "model", created: 0, owned_by: "switchyard" };

/** The catalogue as OpenAI's model list; `auto` stands first. Catalogues know no creation time, so `created` is 0. */
export function modelListJson(models: readonly Model[]): {
  readonly object: "list";
  readonly data: readonly ModelJson[];
} {
  const entries = models.map(modelJson);
  return { object: "list", data: entries.some(({ id }) => id === auto.id) ? entries : [auto, ...entries] };
}

export interface ModelJson {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly owned_by: string;
  readonly switchyard?: object;
}

function modelJson(model: Model): ModelJson {
  return {
    id: model.id,
    object: "model",
    created: 0,
    owned_by: model.provider,
    switchyard: {
      tier: tierName(model.tier),
      context_window: model.contextWindow,
      max_output_tokens: model.maxOutputTokens,
      capabilities: model.capabilities,
      prices: model.prices && {
        input_usd_per_million: model.prices.inputUsdPerMillion,
        cached_input_usd_per_million: model.prices.cachedInputUsdPerMillion,
        output_usd_per_million: model.prices.outputUsdPerMillion,
      },
      baseline: model.baseline,
    },
  };
}
