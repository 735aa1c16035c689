import { describe, expect, it } from "vitest";
import { callerOf } from "../testing/budget-store-fixture.ts";
import type { BookedLine } from "./ledger.ts";
import { presumptionLine } from "./ledger.ts";
import { type LedgerPart, readWanted } from "./read-ledger.ts";
import type { LedgerFilter } from "./report.ts";

const dayMs = 86_400_000;
const everything: LedgerFilter = {
  organisation: undefined,
  tenant: undefined,
  feature: undefined,
  user: undefined,
  model: undefined,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
};

/** A ledger of so many lines a day, every hundredth by jane, which counts what is read of it. */
function ledgerOf({ days, linesADay }: { days: number; linesADay: number }) {
  const lines = Array.from({ length: days * linesADay }, (_, index): BookedLine => {
    const bookedMs = Math.floor(index / linesADay) * dayMs + (index % linesADay);
    const line = presumptionLine("presumed", `r${index}`, callerOf("acme", index % 100 ? "joe" : "jane"), {
      tokens: 1n,
      costUsdNanos: 1n,
    });
    return { ...line, sequence: BigInt(index + 1), bookedAt: new Date(bookedMs), dayMs: bookedMs - (bookedMs % dayMs) };
  });
  const reads = { count: 0, lines: 0 };
  const read = async ({ afterSequence, limit }: LedgerPart) => {
    const part = lines.slice(Number(afterSequence), Number(afterSequence) + limit);
    reads.count++;
    reads.lines += part.length;
    return part;
  };
  return { lines, read, reads };
}

async function readAll(read: ReturnType<typeof ledgerOf>["read"], filter: LedgerFilter, limit: number) {
  const found: string[] = [];
  let after = 0n;
  do {
    const { lines, next } = await readWanted(read, { tenant: undefined, afterSequence: after, limit }, filter);
    expect(lines.length).toBeLessThanOrEqual(limit);
    found.push(...lines.map(({ requestId }) => requestId));
    after = next;
  } while (after > 0n);
  return found;
}

describe("reading the ledger", () => {
  it.each([1, 7, 100, 1_000])("finds every line that is wanted, once, in pages of %i", async (limit) => {
    const { lines, read } = ledgerOf({ days: 5, linesADay: 210 });
    const wanted = lines.filter(({ caller }) => caller.user === "jane").map(({ requestId }) => requestId);
    expect(await readAll(read, { ...everything, user: "jane" }, limit)).toEqual(wanted);
    expect(await readAll(read, everything, limit)).toHaveLength(1_050);
  });

  it("goes straight to where the days that are wanted begin, and ends behind them", async () => {
    const { lines, read, reads } = ledgerOf({ days: 60, linesADay: 1_000 });
    const filter = { ...everything, fromMs: 20 * dayMs, toMs: 22 * dayMs };
    const found = await readAll(read, filter, 1_000);
    expect(found).toEqual(lines.slice(20_000, 22_000).map(({ requestId }) => requestId));
    // The days, those around them in which their lines may have been booked, and the search.
    expect(reads.lines).toBeLessThan(18_000);
  });

  it("reads no more than a page where everything is wanted", async () => {
    const { read, reads } = ledgerOf({ days: 3, linesADay: 100 });
    await readWanted(read, { tenant: undefined, afterSequence: 0n, limit: 10 }, everything);
    expect(reads).toEqual({ count: 1, lines: 10 });
  });

  it("looks through a bounded part in one go, though it finds nothing", async () => {
    const { read, reads } = ledgerOf({ days: 1, linesADay: 50_000 });
    const page = { tenant: undefined, afterSequence: 0n, limit: 10 };
    const { lines, next } = await readWanted(read, page, { ...everything, user: "nobody" });
    expect(lines).toEqual([]);
    expect(next).toBe(BigInt(reads.lines));
    expect(reads.lines).toBeLessThan(25_000);
  });
});
