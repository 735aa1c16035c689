import type { StreamCompleteRequest, StreamCompleteResponse } from "@switchyard/contracts/provider/v1/provider";
import type { Call } from "@switchyard/rpc";
import { type AttemptParts, streamOnce } from "../domain/attempt.ts";
import { checkedChat, checkedTarget } from "./check-request.ts";

/** One attempt at a streamed answer. */
export const streamComplete = (parts: AttemptParts) =>
  async function* (request: StreamCompleteRequest, call: Call): AsyncGenerator<StreamCompleteResponse> {
    const target = checkedTarget(parts.targets, request);
    let { provider } = target;
    for await (const chunk of streamOnce(parts, target, checkedChat(request.chat), call.signal)) {
      yield { chunk, provider };
      provider = "";
    }
  };
