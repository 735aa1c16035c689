import type { RollBackPolicyRequest, RollBackPolicyResponse } from "@switchyard/contracts/router/v1/router";
import { type Call, invalidRequest } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { govern, toMessage } from "./govern.ts";

/** RouterService.RollBackPolicy. */
export const rollBackPolicy =
  (platform: Platform) =>
  async ({ name }: RollBackPolicyRequest, call: Call): Promise<RollBackPolicyResponse> => {
    if (name === "") throw invalidRequest({ field: "name", description: "is required" });
    return await govern(platform, call, async (learner) => ({ made: toMessage(await learner.rollBack(name)) }));
  };
