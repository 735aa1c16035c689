import type { CacheStore, Feedback } from "../ports.ts";
import type { GivenEntry } from "./entry-id.ts";

export interface RejectDependencies {
  readonly store: CacheStore;
  readonly feedback: Feedback;
}

/**
 * Removes an answer that was wrong for whom it was given to, unless another stands in its place by now, and remembers where
 * meaning was not near enough. An exact hit says nothing of meaning: its answer was bad for its own request. Returns whether
 * it was still there. Rejects as the stores do; repeating is safe.
 */
export async function rejectHit(
  { space, name, storedAtMs, partition }: GivenEntry,
  { store, feedback }: RejectDependencies,
  nowMs: number,
): Promise<boolean> {
  if (partition !== "") await feedback.report(space, partition, `${name}~${storedAtMs}`, nowMs);
  const [entry] = await store.get(space, [name], nowMs);
  if (!entry || Math.round(entry.storedAtMs) !== storedAtMs) return false;
  return store.remove(space, name);
}
