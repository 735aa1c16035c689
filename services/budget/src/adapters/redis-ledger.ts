import { keyPart, type RedisClient, tenantKey } from "@switchyard/redis";
import type { BookedLine } from "../domain/ledger.ts";
import { organisationOf, type Payer } from "../domain/scopes.ts";
import type { LedgerPage } from "../ports.ts";
import { toLine } from "./redis-lines.ts";
import { scripts } from "./redis-scripts.ts";

/**
 * The ledger of all tenants. Each tenant's lines stand in a stream of its own, its book, in the slot of its organisation,
 * where they are booked together with the budgets. What orders the books into one ledger are segments: "lines `first`.. of
 * this book stand at `sequence`..". A segment is made some time after its lines (by a sweep, or before the ledger is read) in
 * one script, so positions have no gaps and never change, and what is booked later stands behind what was read before.
 *
 * A book gets its place among the heads before anything is written in it: a line that no reader would look for cannot come to
 * be, and a place without lines does no harm. A tenant that changes its organisation begins a second book.
 */
export interface RedisLedger {
  /** Resolves once the ledger knows of the tenant's book. To be awaited before anything is written in it. */
  admit(place: Place): Promise<void>;
  /** Whether it does already. */
  isAdmitted(place: Place): boolean;
  /** Every book, with how many of its lines have a position. */
  heads(): Promise<{ place: Place; head: number }[]>;
  /** Gives the lines of a book up to `length` their positions. */
  publish(place: Place, length: number): Promise<void>;
  read(page: LedgerPage): Promise<BookedLine[]>;
  /** Forgets the oldest lines as far as they were booked before. */
  trim(beforeMs: number): Promise<void>;
  /** Forgets what was admitted, in case the store did. */
  recheck(): void;
}

type Place = Pick<Payer, "organisation" | "tenant">;

/** The stem of an organisation's budget keys. */
export const budgetKey = (organisation: string) => tenantKey(organisation, "budget");

/** The name of a book. Escaped names have no `:`. */
const bookOf = (place: Place) => `${keyPart(organisationOf(place))}:${keyPart(place.tenant)}`;

function placeOf(book: string): Place {
  const [organisation = "", tenant = ""] = book.split(":").map(nameOf);
  return { organisation, tenant };
}

/** Undoes keyPart. */
export const nameOf = (part: string) =>
  part.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/g, (_, wide: string, narrow: string) =>
    String.fromCharCode(Number.parseInt(wide ?? narrow, 16)),
  );

// No tenant's tag: its `%` begins nothing that a name is escaped to.
const ledgerKey = "switchyard:{%ledger}";
const headsKey = `${ledgerKey}:heads`;
const lengthKey = `${ledgerKey}:length`;
const segmentsKey = `${ledgerKey}:segments`;
const segmentsOf = (tenant: string) => `${segmentsKey}:of:${keyPart(tenant)}`;

/** Segments that are trimmed side by side, so that their commands do not queue up before those of requests. */
const trimmedAtOnce = 50;

interface Segment {
  readonly place: Place;
  /** Position in the ledger of all minus position in the book. */
  readonly offset: number;
  /** In the book, both included. */
  readonly from: number;
  readonly to: number;
}

export function redisLedger(redis: RedisClient): RedisLedger {
  const admitted = new Set<string>();

  const publish = async (place: Place, length: number) => {
    await scripts.publish(redis, [headsKey, lengthKey, segmentsKey, segmentsOf(place.tenant)], [bookOf(place), length]);
  };

  const heads = async () => {
    const published = Object.entries(await redis.hgetall(headsKey));
    return published.map(([book, head]) => ({ place: placeOf(book), head: Number(head) }));
  };

  const publishNew = async ({ place, head }: { place: Place; head: number }) => {
    const key = `${budgetKey(organisationOf(place))}:ledger-length:${keyPart(place.tenant)}`;
    const length = Number(await redis.get(key));
    if (length > head) await publish(place, length);
  };

  return {
    isAdmitted: (place) => admitted.has(bookOf(place)),
    async admit(place) {
      const book = bookOf(place);
      if (admitted.has(book)) return;
      await redis.hsetnx(headsKey, book, 0);
      admitted.add(book);
    },
    heads,
    publish,
    async read({ tenant, afterSequence, limit }) {
      const books = (await heads()).filter(({ place }) => tenant === undefined || place.tenant === tenant);
      await Promise.all(books.map(publishNew));
      const key = tenant === undefined ? segmentsKey : segmentsOf(tenant);
      const lines: BookedLine[] = [];
      let after = Number(afterSequence);
      // Of a segment that is being trimmed the lines may be gone already: only where there are no segments is the end.
      while (lines.length < limit) {
        const left = limit - lines.length;
        const members = await redis.zrangebyscore(key, after + 1, "+inf", "WITHSCORES", "LIMIT", 0, left);
        const segments = cut(toSegments(members), after, left);
        const last = segments.at(-1);
        if (last === undefined) break;
        const pages = await Promise.all(segments.map((segment) => readSegment(redis, segment)));
        for (const page of pages) lines.push(...page);
        after = last.to + last.offset;
      }
      return lines;
    },
    async trim(beforeMs) {
      let trimmed: number;
      do {
        const oldest = await redis.zrangebyscore(segmentsKey, "-inf", "+inf", "WITHSCORES", "LIMIT", 0, trimmedAtOnce);
        const segments = toSegments(oldest);
        const areOlder = await Promise.all(segments.map((segment) => isOlder(redis, segment, beforeMs)));
        const older = segments.filter((_, at) => areOlder[at]);
        await Promise.all(older.map((segment) => trimSegment(redis, segment)));
        trimmed = older.length;
      } while (trimmed === trimmedAtOnce);
    },
    recheck: () => admitted.clear(),
  };
}

/** Members are `sequence of the first line:first line:book`, scored with the sequence of the last line. */
function toSegments(membersAndScores: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < membersAndScores.length; at += 2) {
    const [sequence = "", first = "", ...book] = (membersAndScores[at] as string).split(":");
    const offset = Number(sequence) - Number(first);
    const to = Number(membersAndScores[at + 1]) - offset;
    segments.push({ place: placeOf(book.join(":")), offset, from: Number(first), to });
  }
  return segments;
}

/** What lies behind `after`, `limit` lines at most. */
function cut(segments: readonly Segment[], after: number, limit: number): Segment[] {
  const page: Segment[] = [];
  let left = limit;
  for (const { place, offset, from, to } of segments) {
    if (left === 0) break;
    const start = Math.max(from, after - offset + 1);
    const end = Math.min(to, start + left - 1);
    page.push({ place, offset, from: start, to: end });
    left -= end - start + 1;
  }
  return page;
}

const streamOf = ({ place }: Segment) => `${budgetKey(organisationOf(place))}:ledger:${keyPart(place.tenant)}`;

/** Whether even the last line of a segment was booked before, or is gone. */
async function isOlder(redis: RedisClient, segment: Segment, beforeMs: number): Promise<boolean> {
  const [last] = await redis.xrange(streamOf(segment), `${segment.to}-0`, `${segment.to}-0`);
  return last === undefined || toLine(last, 0).bookedAt.getTime() < beforeMs;
}

/** Lines first: a segment without lines does no harm, lines that nothing leads to would stay for ever. */
async function trimSegment(redis: RedisClient, segment: Segment): Promise<void> {
  const { place, from, to, offset } = segment;
  await redis.xtrim(streamOf(segment), "MINID", `${to + 1}-0`);
  const member = `${from + offset}:${from}:${bookOf(place)}`;
  await redis.zrem(segmentsKey, member);
  await redis.zrem(segmentsOf(place.tenant), member);
}

async function readSegment(redis: RedisClient, segment: Segment): Promise<BookedLine[]> {
  const { offset, from, to } = segment;
  const entries = await redis.xrange(streamOf(segment), `${from}-0`, `${to}-0`);
  return entries.map((entry) => toLine(entry, offset));
}
