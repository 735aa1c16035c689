import { describe, expect, it } from "vitest";
import { takeTurn } from "./take-turn.ts";

const sharersOf = (weights: readonly number[]) =>
  weights.map((weight, index) => ({ name: "abcdef"[index], weight, outstanding: 0, credit: 0 }));
type Sharers = ReturnType<typeof sharersOf>;

/** Who gets the next requests, one after the other, each answered at once. */
const idlePicks = (sharers: Sharers, count: number) =>
  Array.from({ length: count }, () => takeTurn(sharers)?.name).join("");
/** Who gets the next requests while none of them is answered. */
const heldPicks = (sharers: Sharers, count: number) =>
  Array.from({ length: count }, () => {
    const next = takeTurn(sharers);
    if (next !== undefined) next.outstanding++;
    return next?.name;
  }).join("");

describe("takeTurn", () => {
  it("goes round among equals that have nothing to do", () => {
    expect(idlePicks(sharersOf([1, 1, 1]), 7)).toBe("abcabca");
  });

  it.each([
    [[3, 1], "aaba"],
    [[5, 1, 1], "aabacaa"],
    [[0.5, 1.5], "bbab"],
    [[1, 2, 3], "cbacbc"],
  ])("gives everyone exactly its share of %j while none has anything to do", (weights, round) => {
    const sorted = (text: string) => [...text].sort().join("");
    const sharers = sharersOf(weights);
    for (let turn = 0; turn < 3; turn++) expect(sorted(idlePicks(sharers, round.length))).toBe(sorted(round));
  });

  it("spreads the turns of the heavy ones instead of giving them in a row", () => {
    expect(idlePicks(sharersOf([5, 1, 1]), 7)).toBe("aabacaa");
  });

  it("passes over whoever is busier than an equal", () => {
    const sharers = sharersOf([1, 1, 1]);
    sharers.slice(0, 2).forEach((sharer) => void sharer.outstanding++);
    expect(idlePicks(sharers, 3)).toBe("ccc");
  });

  it("fills everyone in proportion to its weight, and no further in any round", () => {
    const sharers = sharersOf([3, 1, 2]);
    for (let round = 1; round <= 4; round++) {
      heldPicks(sharers, 6);
      expect(sharers.map(({ outstanding }) => outstanding)).toEqual([3 * round, round, 2 * round]);
    }
  });

  it("gives one that hangs nothing more than the others are busy with", () => {
    const sharers = sharersOf([2, 1]);
    const [hanging] = sharers;
    if (hanging) hanging.outstanding = 2;
    expect(idlePicks(sharers, 4)).toBe("bbbb");
    expect(heldPicks(sharers, 2)[0]).toBe("b");
  });

  it("does not make up for turns that someone could not take", () => {
    const sharers = sharersOf([1, 1]);
    const [busy] = sharers;
    if (busy) busy.outstanding = 1;
    idlePicks(sharers, 10);
    if (busy) busy.outstanding = 0;
    expect(idlePicks(sharers, 4)).toMatch(/^(ab|ba){2}$/);
  });

  it("has no choice with one, and nobody with none", () => {
    expect(idlePicks(sharersOf([1]), 2)).toBe("aa");
    expect(takeTurn([])).toBeUndefined();
  });
});
