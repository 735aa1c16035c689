import type { StreamCompleteRequest, StreamCompleteResponse } from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import { isContinuation } from "../domain/dispatch/deliver-stream.ts";
import type { Platform } from "../domain/platform.ts";
import { toIncoming } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

/**
 * RouterService.StreamComplete: the decision with the first chunk, news where another model goes on, the whole story after
 * the last chunk.
 */
export const streamComplete = (platform: Platform) =>
  async function* (request: StreamCompleteRequest, call: Call): AsyncIterable<StreamCompleteResponse> {
    using incoming = toIncoming(request, call, true, platform.defaultDeadlineMs);
    try {
      const { delivery, routing } = await platform.complete(incoming);
      if (delivery.kind === "whole") throw new TypeError("a stream was asked for and a whole answer came");
      let isFirst = true;
      for await (const piece of delivery.pieces) {
        const chunk = isContinuation(piece) ? undefined : piece;
        yield { chunk, routing: isFirst || !chunk ? routing() : undefined };
        isFirst = false;
      }
      yield { chunk: undefined, routing: routing() };
    } catch (error) {
      throw toRpcError(error);
    }
  };
