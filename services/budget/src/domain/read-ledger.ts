import type { BookedLine } from "./ledger.ts";
import { isWanted, type LedgerFilter } from "./report.ts";

/** A part of the ledger, oldest first: lines behind a position, all tenants' or one's; fewer than the limit: the end. */
export interface LedgerPart {
  readonly tenant: string | undefined;
  readonly afterSequence: bigint;
  readonly limit: number;
}

export type ReadLedger = (part: LedgerPart) => Promise<BookedLine[]>;

export interface WantedPage {
  readonly lines: readonly BookedLine[];
  /** Where to go on reading; 0n: nothing is left. */
  readonly next: bigint;
}

/** What one call looks through at most, so that none keeps its store for long; it may find nothing in that. */
const mostLookedThrough = 20_000;

/** Where a page is not full at once, little of the ledger is wanted. */
const leastAtOnce = 1_000;

const dayMs = 86_400_000;
/** Nothing is booked before its day. The day in between is for clocks that were set back, and books published late. */
const earlyMs = dayMs;
/** Nothing is booked later than this into a day: the longest lease, and what is remembered of a request behind that. */
const lateMs = 11 * dayMs;

/** Reads a page of the lines that are wanted; `limit` is how many it holds at most. */
export async function readWanted(read: ReadLedger, page: LedgerPart, filter: LedgerFilter): Promise<WantedPage> {
  const { tenant, limit } = page;
  let after = page.afterSequence;
  if (after === 0n && filter.fromMs > 0) after = await positionBefore(read, tenant, filter.fromMs - earlyMs);
  const lines: BookedLine[] = [];
  let atOnce = limit;
  for (let lookedThrough = 0; lookedThrough < mostLookedThrough; lookedThrough += atOnce) {
    if (lookedThrough > 0) atOnce = Math.max(limit, leastAtOnce);
    const part = await read({ tenant, afterSequence: after, limit: atOnce });
    for (const line of part) {
      after = line.sequence;
      if (isWanted(filter, line) && lines.push(line) === limit) break;
    }
    const isEnd = part.length < atOnce && after === (part.at(-1)?.sequence ?? after);
    if (isEnd || (part.at(-1)?.bookedAt.getTime() ?? 0) > filter.toMs + lateMs) return { lines, next: 0n };
    if (lines.length === limit) break;
  }
  return { lines, next: after };
}

/** Lines between two positions of which the nearer is good enough. */
const closeEnough = 1_000n;

/** A position such that all lines up to it were booked before a time. */
async function positionBefore(read: ReadLedger, tenant: string | undefined, timeMs: number): Promise<bigint> {
  const firstBehind = async (afterSequence: bigint) => (await read({ tenant, afterSequence, limit: 1 }))[0];
  const isBefore = (line: BookedLine | undefined): line is BookedLine =>
    line !== undefined && line.bookedAt.getTime() < timeMs;
  let low = 0n;
  let step = closeEnough;
  while (true) {
    const line = await firstBehind(low + step);
    if (!isBefore(line)) break;
    low = line.sequence;
    step *= 2n;
  }
  let high = low + step;
  while (high - low > closeEnough) {
    const middle = (low + high) / 2n;
    const line = await firstBehind(middle);
    if (isBefore(line)) low = line.sequence;
    else high = middle;
  }
  return low;
}
