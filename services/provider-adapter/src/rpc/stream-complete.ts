import type { StreamCompleteRequest, StreamCompleteResponse } from "@switchyard/contracts/provider/v1/provider";
import type { Call } from "@switchyard/rpc";
import { type AttemptParts, streamOnce } from "../domain/attempt.ts";
import { checkedChat, checkedTarget, withPromptCacheKey } from "./check-request.ts";

/** One attempt at a streamed answer. */
export const streamComplete = (parts: AttemptParts) =>
  async function* (request: StreamCompleteRequest, call: Call): AsyncGenerator<StreamCompleteResponse> {
    const target = checkedTarget(parts.targets, request);
    let { provider } = target;
    const chat = withPromptCacheKey(checkedChat(request.chat), target, request.promptCacheKey);
    for await (const chunk of streamOnce(parts, target, chat, call.signal)) {
      yield { chunk, provider };
      provider = "";
    }
  };
