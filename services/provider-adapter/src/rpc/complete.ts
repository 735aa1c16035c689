import type { CompleteRequest, CompleteResponse } from "@switchyard/contracts/provider/v1/provider";
import type { Call } from "@switchyard/rpc";
import { type AttemptParts, completeOnce } from "../domain/attempt.ts";
import { checkedChat, checkedTarget, withPromptCacheKey } from "./check-request.ts";

/** One attempt at a whole answer. */
export const complete =
  (parts: AttemptParts) =>
  async (request: CompleteRequest, call: Call): Promise<CompleteResponse> => {
    const target = checkedTarget(parts.targets, request);
    const chat = withPromptCacheKey(checkedChat(request.chat), target, request.promptCacheKey);
    const response = await completeOnce(parts, target, chat, call.signal);
    return { response, provider: target.provider };
  };
