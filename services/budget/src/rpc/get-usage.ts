import type { GetUsageRequest, GetUsageResponse, LimitUsage } from "@switchyard/contracts/budget/v1/budget";
import { invalidRequest } from "@switchyard/rpc";
import { organisationOf, scopeName } from "../domain/scopes.ts";
import { type LimitStanding, standingsOf } from "../domain/standings.ts";
import type { TermsOf } from "../domain/terms.ts";
import type { BudgetStore, LimitStandings } from "../ports.ts";
import { refuseInvalid, tenantName } from "./checks.ts";

/** What the configuration knows of tenants. */
export interface Payers {
  /** To whom a tenant belongs; empty: nobody is named. */
  organisationOf(tenant: string): string;
  /** The budget tier of a key of a tenant; an empty name is any key. */
  budgetTierOf(tenant: string, apiKey: string): string;
}

export interface GetUsageOptions {
  readonly store: BudgetStore;
  readonly standings: LimitStandings;
  readonly termsOf: TermsOf;
  readonly payers: Payers;
}

/** Answers BudgetService.GetUsage. */
export function getUsageHandler({ store, standings, termsOf, payers }: GetUsageOptions) {
  return async (request: GetUsageRequest): Promise<GetUsageResponse> => {
    const { tenant, user, feature, apiKey } = request;
    refuseInvalid([tenantName("tenant", tenant)]);
    const organisation = organisationOf({
      organisation: request.organisation || payers.organisationOf(tenant),
      tenant,
    });
    const budgetTier = request.budgetTier || payers.budgetTierOf(tenant, apiKey);
    const terms = termsOf({ organisation, tenant, user, feature, apiKey }, budgetTier);
    if (terms === undefined) {
      throw invalidRequest({ field: "budget_tier", description: "is no tier of the configuration" });
    }
    const scope = user === "" ? scopeName.tenant(tenant) : scopeName.user(tenant, user);
    const [usage, { books, ...at }] = await Promise.all([store.usage(organisation, scope), standings.standing(terms)]);
    return { ...usage, limits: standingsOf(terms, books, at).map(toLimitUsage), budgetTier };
  };
}

function toLimitUsage({ limit, ...standing }: LimitStanding): LimitUsage {
  const { name, scope, window, unit, allowed, warnAt } = limit;
  return { limit: name, scope, period: window, unit, allowed, warnAt, ...standing };
}
