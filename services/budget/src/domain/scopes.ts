import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { ModelTier } from "./tally.ts";

/** For whom a request is counted. */
export type Payer = Pick<Caller, "organisation" | "tenant" | "user" | "feature" | "apiKey">;

/** To whom a tenant belongs: itself unless it is said. */
export function organisationOf({ organisation, tenant }: Pick<Payer, "organisation" | "tenant">): string {
  return organisation || tenant;
}

// Names may hold slashes; escaped, `a/b` + `c` and `a` + `b/c` remain two. Half a surrogate pair is no text to any store.
const escaped = (part: string) => part.toWellFormed().replaceAll("%", "%25").replaceAll("/", "%2F");

/** Names of what usage is counted for, as limits, stores and errors show them: `user/acme/jane`. */
export const scopeName = {
  organisation: (organisation: string) => `organisation/${escaped(organisation)}`,
  tenant: (tenant: string) => `tenant/${escaped(tenant)}`,
  user: (tenant: string, user: string) => `user/${escaped(tenant)}/${escaped(user)}`,
  feature: (tenant: string, feature: string) => `feature/${escaped(tenant)}/${escaped(feature)}`,
  apiKey: (tenant: string, apiKey: string) => `key/${escaped(tenant)}/${escaped(apiKey)}`,
  modelTier: (tenant: string, tier: ModelTier) => `tier/${escaped(tenant)}/${tier.slice(5).toLowerCase()}`,
} as const;
