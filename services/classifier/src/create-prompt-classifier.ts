import { guessLanguage } from "@switchyard/text";
import { readClassifierModel } from "./adapters/file-classifier-model.ts";
import { rulesClassifier } from "./domain/classify.ts";
import { modelClassifier } from "./domain/model/model-classifier.ts";
import type { PromptClassifier } from "./ports.ts";

/** The classifier that the service runs: the shipped model, with the rules for what it has no data for. */
export function createPromptClassifier(): PromptClassifier {
  const rules = rulesClassifier(guessLanguage);
  const classifier = modelClassifier({ model: readClassifierModel(), rules, guessLanguage });
  // Patterns are compiled when they are first used: so that no request waits for it, here.
  const warmUp = {
    system: "Be brief.",
    text: "12 = a. Where? {x}\n- é 字",
    earlierTurnCount: 0,
    hasTools: false,
    wantsJson: false,
  };
  classifier.classify(warmUp);
  rules.classify(warmUp);
  return classifier;
}
