import {
  type ComparePolicyVersionsRequest,
  ComparePolicyVersionsResponse,
} from "@switchyard/contracts/router/v1/router";
import { type Call, invalidRequest } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { govern } from "./govern.ts";

/** RouterService.ComparePolicyVersions. */
export const comparePolicyVersions =
  (platform: Platform) =>
  async ({ from, to }: ComparePolicyVersionsRequest, call: Call): Promise<ComparePolicyVersionsResponse> => {
    for (const [field, name] of Object.entries({ from, to })) {
      if (name === "") throw invalidRequest({ field, description: "is required" });
    }
    return await govern(platform, call, async (learner) => {
      const { differences, replay } = await learner.compare(from, to);
      return ComparePolicyVersionsResponse.fromPartial({
        differences: differences.map(({ fromCount, toCount, ...difference }) => ({
          ...difference,
          fromOutcomeCount: BigInt(Math.round(fromCount)),
          toOutcomeCount: BigInt(Math.round(toCount)),
        })),
        replayedCount: replay.replayed,
        changedCount: replay.changed,
        fromCostUsdNanos: BigInt(replay.fromCostUsdNanos),
        toCostUsdNanos: BigInt(replay.toCostUsdNanos),
      });
    });
  };
