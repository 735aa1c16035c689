import type { Windows } from "./calendar.ts";
import type { Shortage } from "./judge.ts";

/** When a shortage ends, by a clock that stands at `nowMs`; undefined: never, for what was asked is more than the limit. */
export function endOfShortage(
  { limit, requested, waitMs }: Shortage,
  nowMs: number,
  windows: Windows,
): { endsAt: Date | undefined; retryAfterMs: number | undefined } {
  if (requested > limit.allowed) return { endsAt: undefined, retryAfterMs: undefined };
  const endMs = limit.window === "minute" ? nowMs + (waitMs ?? 0) : windows[limit.window].endMs;
  return { endsAt: new Date(endMs), retryAfterMs: Math.max(1, Math.ceil(endMs - nowMs)) };
}
