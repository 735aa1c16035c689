import type { ReleaseRequest, ReleaseResponse } from "@switchyard/contracts/budget/v1/budget";
import type { BudgetStore } from "../ports.ts";
import { payer, required } from "./checks.ts";

/** Answers BudgetService.Release. */
export function releaseHandler(store: BudgetStore) {
  return async (request: ReleaseRequest): Promise<ReleaseResponse> => {
    const caller = payer(request.caller, [required("request_id", request.requestId)]);
    await store.release(request.requestId, caller);
    return {};
  };
}
