import { describe, expect, it } from "vitest";
import { writeBatches } from "./sqlite-write-batches.ts";

/** Writes what is not negative; negative ones fail the transaction that they are in. */
function recording() {
  const transactions: (readonly number[])[] = [];
  const batches = writeBatches<number>((writes) => {
    if (writes.some((write) => write < 0)) throw new RangeError("negative");
    transactions.push(writes);
    return writes.map((write) => write !== 0);
  });
  return { transactions, batches };
}

describe("a batch of writes", () => {
  it("is one transaction, and tells each what became of it", async () => {
    const { transactions, batches } = recording();
    expect(await Promise.all([batches.add(1), batches.add(0), batches.add(2)])).toEqual([true, false, true]);
    expect(transactions).toEqual([[1, 0, 2]]);
  });

  it("lets none suffer for another that fails", async () => {
    const { transactions, batches } = recording();
    const outcomes = await Promise.allSettled([batches.add(1), batches.add(-1), batches.add(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(transactions).toEqual([[1], [2]]);
  });

  it("is written at once when somebody needs it, and when it grows large", () => {
    const { transactions, batches } = recording();
    batches.add(1);
    batches.flush();
    expect(transactions).toEqual([[1]]);
    for (let write = 1; write <= 100; write++) batches.add(write);
    expect(transactions[1]).toHaveLength(100);
    batches.flush();
    expect(transactions).toHaveLength(2);
  });
});
