import { type ClassifyBatchRequest, ClassifyBatchResponse } from "@switchyard/contracts/classifier/v1/classifier";
import { invalidRequest } from "@switchyard/rpc";
import type { PromptClassifier } from "../ports.ts";
import { requireValid, toResponse } from "./to-response.ts";

/** A batch holds the event loop for as long as it takes: so many prompts are a tenth of a second or two. */
const mostRequests = 1_000;

/** Handles `ClassifyBatch`: judges every prompt or, if one is malformed, none. Errors: INVALID_ARGUMENT. */
export function classifyBatch(classifier: PromptClassifier) {
  return async ({ requests }: ClassifyBatchRequest): Promise<ClassifyBatchResponse> => {
    if (requests.length > mostRequests) {
      throw invalidRequest({ field: "requests", description: `must be at most ${mostRequests}` });
    }
    for (const [index, request] of requests.entries()) requireValid(request, `requests[${index}].`);
    return ClassifyBatchResponse.create({ responses: requests.map((request) => toResponse(classifier, request)) });
  };
}
