import type { EmbedRequest, EmbedResponse } from "@switchyard/contracts/provider/v1/provider";
import type { Call } from "@switchyard/rpc";
import { type AttemptParts, embedOnce } from "../domain/attempt.ts";
import { checkedEmbedding, checkedTarget } from "./check-request.ts";

/** One attempt at vectors. */
export const embed =
  (parts: AttemptParts) =>
  async (request: EmbedRequest, call: Call): Promise<EmbedResponse> => {
    const target = checkedTarget(parts.targets, request);
    const response = await embedOnce(parts, target, checkedEmbedding(request.embedding), call.signal);
    return { response, provider: target.provider };
  };
