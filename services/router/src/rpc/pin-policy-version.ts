import type { PinPolicyVersionRequest, PinPolicyVersionResponse } from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { govern, toMessage } from "./govern.ts";

/** RouterService.PinPolicyVersion. */
export const pinPolicyVersion =
  (platform: Platform) =>
  ({ name }: PinPolicyVersionRequest, call: Call): Promise<PinPolicyVersionResponse> =>
    govern(platform, call, async (learner) => ({ active: toMessage(await learner.pin(name || undefined)) }));
