import { ApiError } from "./api-error.ts";

/** A model as the simulator serves it. */
export interface SimulatedModel {
  /** Its name at the provider. */
  readonly name: string;
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly isForEmbeddings: boolean;
}

/** The model of a name. Throws 404. */
export function findModel(models: ReadonlyMap<string, SimulatedModel>, name: string): SimulatedModel {
  const model = models.get(name);
  if (model !== undefined) return model;
  const message = `The model '${name}' does not exist or you do not have access to it.`;
  throw new ApiError({ status: 404, message, param: "model", code: "model_not_found" });
}

/** Throws 400 where an input, with the output that is asked for, is larger than the model's context window. */
export function checkFits({ contextWindow }: SimulatedModel, promptTokens: number, param: string, maxTokens = 0): void {
  if (promptTokens + maxTokens <= contextWindow) return;
  const parts = maxTokens === 0 ? "" : ` (${promptTokens} in the ${param}, ${maxTokens} in the completion)`;
  throw new ApiError({
    status: 400,
    message:
      `This model's maximum context length is ${contextWindow} tokens. However, you requested ` +
      `${promptTokens + maxTokens} tokens${parts}. Please reduce the length of the ${param}.`,
    param,
    code: "context_length_exceeded",
  });
}

/** How many tokens each choice of an answer may have. Throws 400 where prompt and answer do not fit the model. */
export function outputBound(model: SimulatedModel, promptTokens: number, maxTokens: number | undefined): number {
  const { contextWindow, maxOutputTokens } = model;
  checkFits(model, promptTokens, "messages", maxTokens ?? 1);
  if (maxTokens !== undefined && maxTokens > maxOutputTokens) {
    const message = `max_tokens is too large: ${maxTokens}. This model supports at most ${maxOutputTokens} completion tokens.`;
    throw new ApiError({ status: 400, message, param: "max_tokens", code: "invalid_value" });
  }
  return Math.min(maxTokens ?? maxOutputTokens, maxOutputTokens, contextWindow - promptTokens);
}
