import type { ExplainRequest, ExplainResponse } from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { toIncoming } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

/** RouterService.Explain. */
export const explain =
  (platform: Platform) =>
  async (request: ExplainRequest, call: Call): Promise<ExplainResponse> => {
    using incoming = toIncoming(request, call, false, platform.defaultDeadlineMs);
    try {
      return { routing: await platform.explain(incoming), features: undefined, alternatives: [] };
    } catch (error) {
      throw toRpcError(error);
    }
  };
