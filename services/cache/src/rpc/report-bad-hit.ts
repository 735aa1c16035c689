import type { ReportBadHitRequest, ReportBadHitResponse } from "@switchyard/contracts/cache/v1/cache";
import { invalidRequest } from "@switchyard/rpc";
import { parseEntryId } from "../domain/entry-id.ts";
import { type RejectDependencies, rejectHit } from "../domain/reject-hit.ts";
import type { Sharing } from "../domain/sharing.ts";

export interface ReportBadHitDependencies extends RejectDependencies {
  readonly sharing: Sharing;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Answers ReportBadHit. Throws INVALID_ARGUMENT for an id that this tenant never got, UNAVAILABLE as the store does. */
export const reportBadHit =
  ({ sharing, now, ...dependencies }: ReportBadHitDependencies) =>
  async ({ caller, entryId }: ReportBadHitRequest): Promise<ReportBadHitResponse> => {
    if (!caller?.tenant) throw invalidRequest({ field: "caller.tenant", description: "is required" });
    const given = parseEntryId(entryId);
    if (!given || !sharing.spaces(caller.tenant).includes(given.space)) {
      throw invalidRequest({ field: "entry_id", description: "is not one that this tenant got from Lookup" });
    }
    return { removed: await rejectHit(given, dependencies, now()) };
  };
