import { type ClassifyRequest, ClassifyResponse } from "@switchyard/contracts/classifier/v1/classifier";
import type { Sensitivity } from "@switchyard/contracts/vocabulary/routing";
import { invalidRequest } from "@switchyard/rpc";
import { findSensitiveData, type SensitiveData } from "@switchyard/text";
import type { PromptClassifier } from "../ports.ts";

const sensitivityOf: Readonly<Record<SensitiveData, Sensitivity>> = {
  secret: "SENSITIVITY_RESTRICTED",
  personal: "SENSITIVITY_CONFIDENTIAL",
  none: "SENSITIVITY_UNSPECIFIED",
};

/** Throws INVALID_ARGUMENT where the prompt is malformed; `at` is its place in a batch, empty for a single one. */
export function requireValid({ earlierTurnCount }: ClassifyRequest, at = ""): void {
  if (earlierTurnCount < 0) {
    throw invalidRequest({ field: `${at}earlier_turn_count`, description: "must not be negative" });
  }
}

/** What the classifier says of a valid prompt. An empty text is judged like any other. */
export function toResponse(classifier: PromptClassifier, request: ClassifyRequest): ClassifyResponse {
  return ClassifyResponse.create({
    classification: classifier.classify(request),
    sensitivity: sensitivityOf[findSensitiveData(request.text)],
  });
}
