import { describe, expect, it } from "vitest";
import { quantize } from "./quantized.ts";
import { partitionIndex } from "./vector-index.ts";

/** The same numbers every time: vectors of length one around `groups` centres. */
function vectors(count: number, dimensions: number, seed = 1): Float32Array[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: count }, () => {
    const vector = Float32Array.from({ length: dimensions }, next);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

const cosine = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, index) => sum + value * (other[index] as number), 0);

function filled(all: readonly Float32Array[], dimensions: number) {
  const index = partitionIndex(dimensions);
  all.forEach((vector, id) => {
    index.set({ id, expiresAtMs: 1_000, ...quantize(vector) });
  });
  return index;
}

describe("the index of a partition", () => {
  it.each([1, 3, 16, 17, 192, 1_536, 16_384])(
    "finds what exact search finds, with its cosine, in %i dimensions",
    async (dimensions) => {
      const all = vectors(40, dimensions);
      const index = filled(all, dimensions);
      for (const wanted of vectors(5, dimensions, 7)) {
        const exact = all.map((vector, id) => ({ id, cosine: cosine(wanted, vector) }));
        const [best] = exact.toSorted((one, other) => other.cosine - one.cosine);
        const [found] = await index.nearest(wanted, 8, 0);
        expect(found?.cosine).toBeCloseTo(best?.cosine as number, 1.5);
        expect(found?.cosine).toBeCloseTo(exact[found?.id as number]?.cosine as number, 1.5);
      }
    },
  );

  it("finds each of many by itself, over all its blocks, whatever was removed", async () => {
    const all = vectors(3_000, 192);
    const index = filled(all, 192);
    for (let id = 0; id < all.length; id += 2) index.remove(id);
    expect(index.size).toBe(1_500);
    for (let id = 1; id < all.length; id += 250) {
      expect((await index.nearest(all[id] as Float32Array, 1, 0))[0]).toMatchObject({ id });
      const [gone] = await index.nearest(all[id - 1] as Float32Array, 1, 0);
      expect(gone?.id).not.toBe(id - 1);
      expect(gone?.cosine).toBeLessThan(0.9);
    }
    for (let id = 1; id < all.length; id += 2) index.remove(id);
    expect(index.size).toBe(0);
    expect(await index.nearest(all[1] as Float32Array, 8, 0)).toEqual([]);
    index.set({ id: 5, expiresAtMs: 1_000, ...quantize(all[5] as Float32Array) });
    expect(await index.nearest(all[5] as Float32Array, 8, 0)).toMatchObject([{ id: 5 }]);
  });

  it("gives as many as are wanted, nearest first, none whose life is over", async () => {
    const all = vectors(500, 64);
    const index = filled(all, 64);
    const found = await index.nearest(all[0] as Float32Array, 20, 999);
    expect(found).toHaveLength(20);
    expect(found.map((near) => near.cosine)).toEqual(found.map((near) => near.cosine).sort((a, b) => b - a));
    expect(await index.nearest(all[0] as Float32Array, 20, 1_000)).toEqual([]);
  });

  it("replaces a vector of the same id, and takes none of other dimensions", async () => {
    const [first, second] = vectors(2, 64) as [Float32Array, Float32Array];
    const index = filled([first], 64);
    index.set({ id: 0, expiresAtMs: 1_000, ...quantize(second) });
    index.set({ id: 1, expiresAtMs: 1_000, ...quantize(first.subarray(1)) });
    expect(index.size).toBe(1);
    expect((await index.nearest(second, 8, 0))[0]?.cosine).toBeCloseTo(1, 1.5);
    expect(await index.nearest(first.subarray(1), 8, 0)).toEqual([]);
  });

  it("keeps long searches for different vectors apart, though they take turns", async () => {
    const dimensions = 16_384;
    const all = vectors(1_100, dimensions / 64).map((short) => {
      const vector = new Float32Array(dimensions);
      vector.set(short);
      return vector;
    });
    const index = filled(all, dimensions);
    const wanted = [3, 700, 1_099];
    const found = await Promise.all(wanted.map((id) => index.nearest(all[id] as Float32Array, 1, 0)));
    expect(found.map(([best]) => best?.id)).toEqual(wanted);
  });
});
