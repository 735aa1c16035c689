import { guessLanguage } from "@switchyard/text";
import { readClassifierModel } from "./adapters/file-classifier-model.ts";
import { rulesClassifier } from "./domain/classify.ts";
import { modelClassifier } from "./domain/model/model-classifier.ts";
import type { PromptClassifier } from "./ports.ts";

/** The classifier that the service runs: the shipped model, with the rules for what it has no data for. */
export function createPromptClassifier(): PromptClassifier {
  return modelClassifier({ model: readClassifierModel(), rules: rulesClassifier(guessLanguage), guessLanguage });
}
