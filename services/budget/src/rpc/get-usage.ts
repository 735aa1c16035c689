import type { GetUsageRequest, GetUsageResponse } from "@switchyard/contracts/budget/v1/budget";
import { tenantScope, userScope } from "../domain/limits.ts";
import type { BudgetStore } from "../ports.ts";
import { refuseInvalid, tenantName } from "./checks.ts";

/** Answers BudgetService.GetUsage. */
export function getUsageHandler(store: BudgetStore) {
  return async ({ tenant, user }: GetUsageRequest): Promise<GetUsageResponse> => {
    refuseInvalid([tenantName("tenant", tenant)]);
    const scope = user === "" ? tenantScope(tenant) : userScope(tenant, user);
    return store.usage(tenant, scope);
  };
}
