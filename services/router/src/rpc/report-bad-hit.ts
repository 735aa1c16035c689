import type { ReportBadHitRequest, ReportBadHitResponse } from "@switchyard/contracts/router/v1/router";
import { type Call, invalidRequest } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { credentialsOf, patienceOf } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";
import { violationsOfCaller } from "./validate-context.ts";

const longestEntryId = 4_096;

/** RouterService.ReportBadHit. */
export const reportBadHit =
  (platform: Platform) =>
  async ({ cacheEntryId, caller }: ReportBadHitRequest, call: Call): Promise<ReportBadHitResponse> => {
    const violations = violationsOfCaller(caller);
    if (cacheEntryId === "") violations.push({ field: "cache_entry_id", description: "is required" });
    if (cacheEntryId.length > longestEntryId) violations.push({ field: "cache_entry_id", description: "is too long" });
    if (violations.length > 0) throw invalidRequest(...violations);
    using patience = patienceOf(call, platform.defaultDeadlineMs);
    try {
      const { signal, deadline } = patience;
      const mending = { caller, credentials: credentialsOf(call), signal, deadline };
      return { removed: await platform.reportBadHit(mending, cacheEntryId) };
    } catch (error) {
      throw toRpcError(error);
    }
  };
