import type { Attempt } from "@switchyard/contracts/vocabulary/routing";
import type { Cache, Clock, Found } from "../../ports.ts";
import { type Catalogue, costUsdNanos } from "../catalogue.ts";
import { refuseWhenOver } from "../dispatch/refusals.ts";
import type { Prompt } from "../request.ts";
import { follow, type GrowingAnswer } from "./follow.ts";
import { type Lead, lead } from "./lead.ts";

/** What is known of a prompt's answer before a model is asked. With a growing answer, the verdict is a miss: it may break off. */
export interface Recalled extends Omit<Found, "flight" | "embedding"> {
  /** The answer, where it is still growing at another's request. */
  readonly growing: GrowingAnswer | undefined;
  /** Set where others may wait for what this request gets. */
  readonly lead: Lead | undefined;
  /** The calls of an embedding model that searching took. */
  readonly embeddings: readonly Attempt[];
  /** How long another's answer was waited for, in microseconds, and when that was over, by the monotonic clock. */
  readonly waitedUs: number;
  readonly recalledUs: number;
}

/**
 * A request follows so many others. Where they all fail, those who wait do not ask one after the other, each for all who are
 * left: they ask for themselves.
 */
const mostFollowed = 2;

/**
 * Finds the answer of a prompt: kept from before, or on its way for another who asks the same. Where that one brings nothing,
 * it is looked for again, and this request may become the one that the others wait for. Throws Refusal.
 */
export async function recall(
  prompt: Prompt,
  { cache, clock, catalogue }: { cache: Cache; clock: Clock; catalogue: Catalogue },
): Promise<Recalled> {
  const embeddings: Attempt[] = [];
  let waitedUs = 0;
  for (let followed = 0; ; followed++) {
    const { flight, embedding, ...found } = await cache.lookup(prompt, followed < mostFollowed);
    if (embedding) embeddings.push(priced(embedding, catalogue));
    const recalled = (more: Partial<Recalled> = {}): Recalled => ({
      ...found,
      growing: undefined,
      lead: undefined,
      embeddings,
      waitedUs,
      recalledUs: clock.monotonicUs(),
      ...more,
    });
    if (found.answer || !flight) return recalled();
    if (flight.lease !== "") return recalled({ lead: lead(flight, prompt, { cache, clock }) });
    if (followed === mostFollowed) return recalled();
    const sinceUs = clock.monotonicUs();
    const joined = await follow(prompt, flight, cache);
    waitedUs += clock.monotonicUs() - sinceUs;
    if (joined && "growing" in joined) return recalled(joined);
    if (joined) return recalled({ verdict: "CACHE_VERDICT_COALESCED", ...joined });
    refuseWhenOver(prompt, clock);
  }
}

/** The cache knows what its call of an embedding model used, and the catalogue what that costs. */
function priced(attempt: Attempt, { byId }: Catalogue): Attempt {
  const model = byId.get(attempt.model);
  return model && attempt.usage ? { ...attempt, costUsdNanos: costUsdNanos(attempt.usage, model.prices) } : attempt;
}
