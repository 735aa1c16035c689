import type { ClassifyRequest, ClassifyResponse } from "@switchyard/contracts/classifier/v1/classifier";
import type { PromptClassifier } from "../ports.ts";
import { requireValid, toResponse } from "./to-response.ts";

/** Handles `Classify`. An empty text is judged like any other. Errors: INVALID_ARGUMENT. */
export function classify(classifier: PromptClassifier) {
  return async (request: ClassifyRequest): Promise<ClassifyResponse> => {
    requireValid(request);
    return toResponse(classifier, request);
  };
}
