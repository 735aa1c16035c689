import { describe, expect, it } from "vitest";
import { exactNearest, recallAt } from "./exact-search.ts";
import { asked, questions } from "./questions.ts";

describe("what the cache bench measures against", () => {
  it("finds the nearest of all, in order", () => {
    const all = [
      [1, 0],
      [0, 1],
      [0.6, 0.8],
      [0.8, 0.6],
      [-1, 0],
    ].map((values) => Float32Array.from(values));
    const nearest = exactNearest([all[0], all[1]] as Float32Array[], (index) => all[index] as Float32Array, 5, 3);
    expect(nearest).toEqual([
      [0, 3, 2],
      [1, 2, 3],
    ]);
  });

  it("counts what of the truth was found within as many places", () => {
    const exact = [[1, 2, 3, 4]];
    expect(recallAt(1, [[1, 9, 9, 9]], exact)).toBe(1);
    expect(recallAt(1, [[2, 1, 3, 4]], exact)).toBe(0);
    expect(recallAt(4, [[2, 1, 9, 4, 3]], exact)).toBe(0.75);
    expect(recallAt(4, [[]], exact)).toBe(0);
  });
});

describe("the questions of the cache bench", () => {
  it("are the same every time, of length one, and each its own", () => {
    const [one, other] = [questions(), questions()];
    for (const index of [0, 29_999, 30_000, 999_999]) expect(one.at(index)).toEqual(other.at(index));
    for (const index of [0, 29_999, 30_000, 999_999]) expect(Math.hypot(...one.at(index).vector)).toBeCloseTo(1, 5);
    const texts = new Set(Array.from({ length: 1_000 }, (_, index) => one.at(60 * index).text));
    expect(texts.size).toBe(1_000);
  });

  it("have themselves for nearest neighbour when they are asked in other words", () => {
    const { at } = questions();
    const wanted = [3, 500, 1_234].map((index) => asked(at(index), 9).vector);
    const nearest = exactNearest(wanted, (index) => at(index).vector, 2_000, 1);
    expect(nearest).toEqual([[3], [500], [1_234]]);
  });
});
