import type { GetUsageRequest, GetUsageResponse } from "@switchyard/contracts/budget/v1/budget";
import { organisationOf, scopeName } from "../domain/scopes.ts";
import type { BudgetStore } from "../ports.ts";
import { refuseInvalid, tenantName } from "./checks.ts";

/** Answers BudgetService.GetUsage. */
export function getUsageHandler(store: BudgetStore) {
  return async ({ tenant, user, organisation }: GetUsageRequest): Promise<GetUsageResponse> => {
    refuseInvalid([tenantName("tenant", tenant)]);
    const scope = user === "" ? scopeName.tenant(tenant) : scopeName.user(tenant, user);
    return store.usage(organisationOf({ organisation, tenant }), scope);
  };
}
