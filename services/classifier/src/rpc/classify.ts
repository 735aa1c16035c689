import { type ClassifyRequest, ClassifyResponse } from "@switchyard/contracts/classifier/v1/classifier";
import { invalidRequest } from "@switchyard/rpc";
import type { PromptClassifier } from "../ports.ts";

/** Handles `Classify`. An empty text is judged like any other. Errors: INVALID_ARGUMENT. */
export function classify(classifier: PromptClassifier) {
  return async (request: ClassifyRequest): Promise<ClassifyResponse> => {
    if (request.earlierTurnCount < 0) {
      throw invalidRequest({ field: "earlier_turn_count", description: "must not be negative" });
    }
    return ClassifyResponse.create({ classification: classifier.classify(request) });
  };
}
