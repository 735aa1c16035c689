import type { StoredAnswer } from "../../ports.ts";
import type { Dispatched } from "../dispatch/dispatch.ts";
import type { Prompt } from "../request.ts";
import type { Lead } from "./lead.ts";

/** Dispatches a prompt on behalf of all who wait for its answer. */
export function shared(lead: Lead | undefined, prompt: Prompt, dispatch: (asked: Prompt) => Dispatched): Dispatched {
  if (!lead) return dispatch(prompt);
  const dispatched = dispatch({ ...prompt, signal: lead.signal });
  const author = (): StoredAnswer => {
    const { answeredBy, provider = "" } = dispatched.progress();
    return {
      response: undefined,
      model: answeredBy?.model.id ?? "",
      provider,
      tier: answeredBy?.model.tier ?? "TIER_UNSPECIFIED",
      baselineCostUsdNanos: 0n,
      costUsdNanos: 0n,
    };
  };
  return { ...dispatched, delivery: dispatched.delivery.then((delivery) => lead.share(delivery, author)) };
}
