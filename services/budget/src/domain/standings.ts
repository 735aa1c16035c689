import type { Windows } from "./calendar.ts";
import { type Books, standingOf } from "./judge.ts";
import type { Limit } from "./limits.ts";
import { type Bucket, emptyInMs } from "./rate.ts";
import type { Terms } from "./terms.ts";

/** How full a limit is, in its unit. */
export interface LimitStanding {
  readonly limit: Limit;
  readonly used: bigint;
  readonly reserved: bigint;
  /** When the window ends; of a window of a minute, when all that is used has leaked. Undefined: nothing is used of it. */
  readonly resetsAt: Date | undefined;
}

/** How full every limit of some terms is at a moment of the store's clock, in the order in which refusals name them. */
export function standingsOf(terms: Terms, books: Books, at: { nowMs: number; windows: Windows }): LimitStanding[] {
  return terms.terms.map(({ limit, place }) => {
    const { used, reserved } = standingOf(limit, place, 0n, books);
    if (limit.window !== "minute") return { limit, used, reserved, resetsAt: new Date(at.windows[limit.window].endMs) };
    const rate = { perMinute: limit.perMinute, burst: Number(limit.allowed) };
    const emptyMs = emptyInMs(books.buckets[place] as Bucket, rate);
    return { limit, used, reserved, resetsAt: emptyMs > 0 ? new Date(at.nowMs + emptyMs) : undefined };
  });
}
