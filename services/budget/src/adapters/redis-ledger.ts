import { type Redis, tenantKey } from "@switchyard/redis";
import type { BookedLine } from "../domain/ledger.ts";
import type { LedgerPage } from "../ports.ts";
import { toLine } from "./redis-lines.ts";
import { scripts } from "./redis-scripts.ts";

/**
 * The ledger of all tenants. Each tenant's lines stand in a stream of its own, in its own slot, where they are booked
 * together with its budgets. What orders the tenants' streams into one ledger are segments: "lines `first`.. of `tenant`
 * stand at `sequence`..". A segment is made some time after its lines (by a sweep, or before the ledger is read) in one
 * script, so positions have no gaps and never change, and what is booked later stands behind what was read before.
 *
 * A tenant gets its place among the heads before anything of it is written: a line that no reader would look for cannot
 * come to be, and a place without lines does no harm.
 */
export interface RedisLedger {
  /** Resolves once the ledger knows of the tenant. To be awaited before anything of it is written. */
  admit(tenant: string): Promise<void>;
  /** Every tenant, with how many of its lines have a position. */
  heads(): Promise<Record<string, number>>;
  /** Gives the tenant's lines up to `length` their positions. */
  publish(tenant: string, length: number): Promise<void>;
  read(page: LedgerPage): Promise<BookedLine[]>;
  /** Forgets who was admitted, in case the store did. */
  recheck(): void;
}

/** The stem of a tenant's budget keys. */
export const budgetKey = (tenant: string) => tenantKey(tenant, "budget");

// No tenant's tag: its `%` begins nothing that a name is escaped to.
const ledgerKey = "switchyard:{%ledger}";
const headsKey = `${ledgerKey}:heads`;
const lengthKey = `${ledgerKey}:length`;
const segmentsKey = `${ledgerKey}:segments`;
const segmentsOf = (tenant: string) => `${segmentsKey}:of:${tenant}`;

interface Segment {
  readonly tenant: string;
  /** Position in the ledger of all minus position in the tenant's. */
  readonly offset: number;
  /** In the tenant's stream, both included. */
  readonly from: number;
  readonly to: number;
}

export function redisLedger(redis: Redis): RedisLedger {
  const admitted = new Set<string>();

  const publish = async (tenant: string, length: number) => {
    await scripts.publish(redis, [headsKey, lengthKey, segmentsKey, segmentsOf(tenant)], [tenant, length]);
  };

  const heads = async () => {
    const published = Object.entries(await redis.hgetall(headsKey));
    return Object.fromEntries(published.map(([tenant, head]) => [tenant, Number(head)]));
  };

  const publishNew = async (tenant: string, head: number) => {
    const length = Number(await redis.get(`${budgetKey(tenant)}:ledger-length`));
    if (length > head) await publish(tenant, length);
  };

  return {
    async admit(tenant) {
      if (admitted.has(tenant)) return;
      await redis.hsetnx(headsKey, tenant, 0);
      admitted.add(tenant);
    },
    heads,
    publish,
    async read({ tenant, afterSequence, limit }) {
      if (tenant !== undefined) await publishNew(tenant, Number(await redis.hget(headsKey, tenant)));
      else await Promise.all(Object.entries(await heads()).map(([each, head]) => publishNew(each, head)));
      const key = tenant === undefined ? segmentsKey : segmentsOf(tenant);
      const after = Number(afterSequence);
      const members = await redis.zrangebyscore(key, after + 1, "+inf", "WITHSCORES", "LIMIT", 0, limit);
      const segments = cut(toSegments(members), after, limit);
      const pages = await Promise.all(segments.map((segment) => readSegment(redis, segment)));
      return pages.flat();
    },
    recheck: () => admitted.clear(),
  };
}

/** Members are `sequence of the first line:first line:tenant`, scored with the sequence of the last line. */
function toSegments(membersAndScores: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < membersAndScores.length; at += 2) {
    const [sequence = "", first = "", ...tenant] = (membersAndScores[at] as string).split(":");
    const offset = Number(sequence) - Number(first);
    const to = Number(membersAndScores[at + 1]) - offset;
    segments.push({ tenant: tenant.join(":"), offset, from: Number(first), to });
  }
  return segments;
}

/** What lies behind `after`, `limit` lines at most. */
function cut(segments: readonly Segment[], after: number, limit: number): Segment[] {
  const page: Segment[] = [];
  let left = limit;
  for (const { tenant, offset, from, to } of segments) {
    if (left === 0) break;
    const start = Math.max(from, after - offset + 1);
    const end = Math.min(to, start + left - 1);
    page.push({ tenant, offset, from: start, to: end });
    left -= end - start + 1;
  }
  return page;
}

async function readSegment(redis: Redis, { tenant, offset, from, to }: Segment): Promise<BookedLine[]> {
  const entries = await redis.xrange(`${budgetKey(tenant)}:ledger`, `${from}-0`, `${to}-0`);
  return entries.map((entry) => toLine(entry, offset));
}
