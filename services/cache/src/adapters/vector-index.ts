import { type Quantized, quantize } from "./quantized.ts";

/** A vector of one partition. */
export interface IndexedVector extends Quantized {
  readonly id: number;
  readonly expiresAtMs: number;
}

export interface NearVector {
  readonly id: number;
  readonly cosine: number;
}

/** The vectors of one partition, searched exactly, one by one. */
export interface PartitionIndex {
  readonly size: number;
  /** Over what had the same id. A vector of other dimensions than the first stays out. */
  set(vector: IndexedVector): void;
  remove(id: number): void;
  /** The nearest of those that live at `nowMs`, nearest first. */
  nearest(vector: Float32Array, count: number, nowMs: number): NearVector[];
}

/** An empty index for vectors of so many dimensions. */
export function partitionIndex(dimensions: number): PartitionIndex {
  const rows = new Map<number, number>();
  let ids = new Float64Array(8);
  let ends = new Float64Array(8);
  let scales = new Float32Array(8);
  let values = new Int8Array(8 * dimensions);

  const grow = () => {
    const twice = <T extends Float64Array | Float32Array | Int8Array>(array: T, made: T): T => {
      made.set(array);
      return made;
    };
    ids = twice(ids, new Float64Array(2 * ids.length));
    ends = twice(ends, new Float64Array(2 * ends.length));
    scales = twice(scales, new Float32Array(2 * scales.length));
    values = twice(values, new Int8Array(2 * values.length));
  };

  return {
    get size() {
      return rows.size;
    },
    set(vector) {
      if (vector.values.length !== dimensions) return;
      const row = rows.get(vector.id) ?? rows.size;
      if (row === ids.length) grow();
      rows.set(vector.id, row);
      ids[row] = vector.id;
      ends[row] = vector.expiresAtMs;
      scales[row] = vector.scale;
      values.set(vector.values, row * dimensions);
    },
    remove(id) {
      const row = rows.get(id);
      if (row === undefined) return;
      rows.delete(id);
      const last = rows.size;
      if (row === last) return;
      // The last row takes its place, so that rows stay without gaps.
      const moved = ids[last] as number;
      rows.set(moved, row);
      ids[row] = moved;
      ends[row] = ends[last] as number;
      scales[row] = scales[last] as number;
      values.copyWithin(row * dimensions, last * dimensions, (last + 1) * dimensions);
    },
    nearest(vector, count, nowMs) {
      if (vector.length !== dimensions) return [];
      const wanted = quantize(vector);
      const best: NearVector[] = [];
      for (let row = 0, at = 0; row < rows.size; row++, at += dimensions) {
        let sum = 0;
        for (let of = 0; of < dimensions; of++) sum += (wanted.values[of] as number) * (values[at + of] as number);
        const cosine = sum * wanted.scale * (scales[row] as number);
        if (best.length === count && cosine <= (best[count - 1] as NearVector).cosine) continue;
        if ((ends[row] as number) <= nowMs) continue;
        const place = best.findIndex((other) => other.cosine < cosine);
        best.splice(place < 0 ? best.length : place, 0, { id: ids[row] as number, cosine });
        if (best.length > count) best.pop();
      }
      return best;
    },
  };
}
