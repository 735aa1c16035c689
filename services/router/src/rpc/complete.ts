import type { CompleteRequest, CompleteResponse } from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { toIncoming } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

/** RouterService.Complete. */
export const complete =
  (platform: Platform) =>
  async (request: CompleteRequest, call: Call): Promise<CompleteResponse> => {
    using incoming = toIncoming(request, call, false, platform.defaultDeadlineMs);
    try {
      const { delivery, routing } = await platform.complete(incoming);
      if (delivery.kind === "stream") throw new TypeError("a whole answer was asked for and a stream came");
      return { response: delivery.response, routing: routing() };
    } catch (error) {
      throw toRpcError(error);
    }
  };
