import type { Caller } from "@switchyard/contracts/vocabulary/caller";
import type { Cache, Removal } from "../ports.ts";
import { type AccessPolicy, admit } from "./admit.ts";
import { Refusal } from "./refusal.ts";
import type { Credentials, Patience } from "./request.ts";

/** Who wants to mend the cache, as it arrived. */
export interface Mending extends Patience {
  readonly caller: Caller | undefined;
  readonly credentials: Credentials;
}

export interface MendContext {
  readonly access: AccessPolicy;
  readonly cache: Pick<Cache, "reportBadHit" | "invalidate">;
}

/** Removes a stored answer that was wrong for whom it was given to; false if it was gone. Throws Refusal. */
export async function reportBadHit(
  mending: Mending,
  entryId: string,
  { access, cache }: MendContext,
): Promise<boolean> {
  return await cache.reportBadHit(admit(mending.credentials, mending.caller, access), entryId, mending);
}

/**
 * Removes stored answers of the caller's tenant and returns how many. They are the whole tenant's, so the key of one of its
 * users may not. Throws Refusal.
 */
export async function invalidateCache(
  mending: Mending,
  removal: Removal,
  { access, cache }: MendContext,
): Promise<bigint> {
  const caller = admit(mending.credentials, mending.caller, access);
  if (caller.apiKey !== "" && [...access.keys.values()].some(({ name, user }) => name === caller.apiKey && user)) {
    throw new Refusal(
      "PERMISSION_DENIED",
      `the API key "${caller.apiKey}" is one user's; it cannot remove what is the tenant's`,
    );
  }
  return await cache.invalidate(caller, removal, mending);
}
