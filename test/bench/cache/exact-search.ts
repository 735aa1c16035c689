/**
 * Of every wanted vector the `count` nearest of all, by float32 cosines, nearest first: what an index is measured against.
 * Every vector is made once, as a million do not fit beside the store.
 */
export function exactNearest(
  wanted: readonly Float32Array[],
  vectorAt: (index: number) => Float32Array,
  size: number,
  count: number,
): number[][] {
  const best = wanted.map(() => ({ ids: [] as number[], cosines: [] as number[] }));
  for (let index = 0; index < size; index++) {
    const vector = vectorAt(index);
    for (const [at, own] of best.entries()) {
      const cosine = product(wanted[at] as Float32Array, vector);
      if (own.ids.length === count && cosine <= (own.cosines[count - 1] as number)) continue;
      let place = own.ids.length;
      while (place > 0 && (own.cosines[place - 1] as number) < cosine) place--;
      own.ids.splice(place, 0, index);
      own.cosines.splice(place, 0, cosine);
      own.ids.length = Math.min(own.ids.length, count);
    }
  }
  return best.map(({ ids }) => ids);
}

function product(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return sum;
}

/** How many of the `count` truly nearest were found among the first `count`, as a share. */
export function recallAt(
  count: number,
  found: readonly (readonly number[])[],
  exact: readonly (readonly number[])[],
): number {
  let right = 0;
  let all = 0;
  for (const [at, truth] of exact.entries()) {
    const wanted = new Set(truth.slice(0, count));
    all += wanted.size;
    for (const id of (found[at] ?? []).slice(0, count)) if (wanted.has(id)) right++;
  }
  return all === 0 ? 0 : right / all;
}
