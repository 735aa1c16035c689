import {
  Alternative,
  type ExplainRequest,
  type ExplainResponse,
  Features,
} from "@switchyard/contracts/router/v1/router";
import type { Call } from "@switchyard/rpc";
import type { Explanation } from "../domain/explain.ts";
import type { Platform } from "../domain/platform.ts";
import { toIncoming } from "./incoming.ts";
import { toRpcError } from "./to-rpc-error.ts";

/** RouterService.Explain. */
export const explain =
  (platform: Platform) =>
  async (request: ExplainRequest, call: Call): Promise<ExplainResponse> => {
    using incoming = toIncoming(request, call, false, platform.defaultDeadlineMs);
    try {
      return toResponse(await platform.explain(incoming), platform.policyKind);
    } catch (error) {
      throw toRpcError(error);
    }
  };

function toResponse({ report, features, alternatives }: Explanation, policy: string): ExplainResponse {
  const { basis, ...seen } = features;
  return {
    routing: report,
    features: Features.create({
      ...seen,
      needs: [...seen.needs],
      policy,
      odds: basis?.version ?? "table",
      ...(basis && { unlike: basis.unlike, likenesses: [...basis.likenesses] }),
    }),
    alternatives: alternatives.map(({ choice, shift, costBesideBaseline, place, objection }) =>
      Alternative.create({
        ...choice.candidate,
        prior: choice.prior,
        shift,
        place,
        reason: objection?.reason ?? "",
        detail: objection?.detail ?? "",
        ...(costBesideBaseline !== undefined && { costBesideBaseline }),
      }),
    ),
  };
}
