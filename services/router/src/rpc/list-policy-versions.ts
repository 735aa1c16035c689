import type { ListPolicyVersionsRequest, ListPolicyVersionsResponse } from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import type { Platform } from "../domain/platform.ts";
import { govern, toMessage } from "./govern.ts";

/** RouterService.ListPolicyVersions. */
export const listPolicyVersions =
  (platform: Platform) =>
  (_request: ListPolicyVersionsRequest, call: Call): Promise<ListPolicyVersionsResponse> =>
    govern(platform, call, async (learner) => ({ versions: (await learner.versions()).map(toMessage) }));
