import type { InvalidateCacheRequest, InvalidateCacheResponse } from "@switchyard/contracts/router/v1/router";
import { type Call, invalidRequest } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { credentialsOf, patienceOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";
import { violationsOfCaller, violationsOfTags } from "./validate-context.ts";

/** RouterService.InvalidateCache. */
export const invalidateCache =
  (platform: Platform) =>
  async (request: InvalidateCacheRequest, call: Call): Promise<InvalidateCacheResponse> => {
    const { caller, tags, model, everything } = request;
    const violations = [...violationsOfCaller(caller), ...violationsOfTags("tags", tags)];
    if (tags.length === 0 && model === "" && !everything) {
      violations.push({ field: "everything", description: "must be set where neither tags nor a model are named" });
    }
    if (violations.length > 0) throw invalidRequest(...violations);
    using patience = patienceOf(call, platform.defaultDeadlineMs);
    try {
      const { signal, deadline } = patience;
      const mending = { caller, credentials: credentialsOf(call), signal, deadline };
      return { removed: await platform.invalidateCache(mending, { tags, model, everything }) };
    } catch (error) {
      throw toRpcError(error);
    }
  };
