import type { InvalidateRequest, InvalidateResponse } from "@switchyard/contracts/cache/v1/cache";
import { invalidRequest } from "@switchyard/rpc";
import type { Sharing } from "../domain/sharing.ts";
import type { CacheStore } from "../ports.ts";

export interface InvalidateDependencies {
  readonly store: CacheStore;
  readonly sharing: Sharing;
}

/** Answers Invalidate: also what the tenant shares with its group goes. Throws INVALID_ARGUMENT, UNAVAILABLE as the store does. */
export const invalidate =
  ({ store, sharing }: InvalidateDependencies) =>
  async ({ tenant, tags, model, everything }: InvalidateRequest): Promise<InvalidateResponse> => {
    if (tenant === "") throw invalidRequest({ field: "tenant", description: "is required" });
    if (!everything && tags.length === 0 && model === "") {
      throw invalidRequest({ field: "everything", description: "must be set where neither tags nor a model are" });
    }
    const removed = await Promise.all(sharing.spaces(tenant).map((space) => store.removeAll(space, { tags, model })));
    return { removed: BigInt(removed.reduce((sum, count) => sum + count, 0)) };
  };
