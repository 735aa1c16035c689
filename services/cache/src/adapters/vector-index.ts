import { setImmediate as nextTurn } from "node:timers/promises";
import { dotProducts, lane, mostValues } from "./dot-products.ts";
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

/** The vectors of one partition in memory, searched one by one: exactly. */
export interface PartitionIndex {
  /** How many there are. */
  readonly size: number;
  /** What they take in memory, roughly. */
  readonly bytes: number;
  /** Over what had the same id. A vector of other dimensions stays out. */
  set(vector: IndexedVector): void;
  remove(id: number): void;
  /**
   * The nearest of those that live at `nowMs`, nearest first. A long search lets others work in between: what is changed
   * meanwhile it may miss.
   */
  nearest(vector: Float32Array, count: number, nowMs: number): Promise<NearVector[]>;
}

/** Rows of vectors: values by row, and beside them what belongs to each. */
interface Block {
  readonly ids: Float64Array;
  readonly ends: Float64Array;
  readonly scales: Float32Array;
  readonly values: Int8Array;
}

const firstRows = 8;
const rowOverheadBytes = 64;
const indexOverheadBytes = 1_024;

/** Bytes that are searched in one turn of the event loop: about two milliseconds. */
const bytesPerTurn = 8 * 1024 * 1024;

let products: ReturnType<typeof dotProducts> | undefined;

/** An empty index for vectors of so many dimensions. */
export function partitionIndex(dimensions: number): PartitionIndex {
  products ??= dotProducts();
  const multiply = products;
  const width = lane * Math.ceil(Math.max(dimensions, 1) / lane);
  const rowsPerBlock = width <= mostValues ? multiply.rowsAtOnce(width) : 0;
  const blocksPerTurn = Math.ceil(bytesPerTurn / (rowsPerBlock * width));
  const rows = new Map<number, number>();
  const blocks: Block[] = [];

  const blockOf = (row: number) => blocks[Math.floor(row / rowsPerBlock)] as Block;

  /** Only the first block grows: small partitions stay small, and large ones never copy much at once. */
  const makeRoom = () => {
    const row = rows.size;
    const last = blocks.at(-1);
    if (last === undefined) blocks.push(emptyBlock(Math.min(firstRows, rowsPerBlock), width));
    else if (row % rowsPerBlock === 0) blocks.push(emptyBlock(rowsPerBlock, width));
    else if (row % rowsPerBlock === last.ids.length) {
      const larger = emptyBlock(Math.min(2 * row, rowsPerBlock), width);
      for (const part of ["ids", "ends", "scales", "values"] as const) larger[part].set(last[part]);
      blocks[blocks.length - 1] = larger;
    }
  };

  /** Puts the nearest of the block's rows where they belong among the best. */
  const searchBlock = (block: Block, count: number, aimScale: number, nowMs: number, best: Best) => {
    const { ids, ends, scales, values } = block;
    const sums = multiply.of(values, count, width);
    for (let row = 0; row < count; row++) {
      const cosine = (sums[row] as number) * (scales[row] as number) * aimScale;
      if (cosine > best.least && (ends[row] as number) > nowMs) best.add(ids[row] as number, cosine);
    }
  };

  return {
    get size() {
      return rows.size;
    },
    get bytes() {
      return rows.size * (width + rowOverheadBytes) + indexOverheadBytes;
    },
    set({ id, expiresAtMs, scale, values }) {
      if (values.length !== dimensions || rowsPerBlock === 0) return;
      let row = rows.get(id);
      if (row === undefined) {
        makeRoom();
        row = rows.size;
        rows.set(id, row);
      }
      const block = blockOf(row);
      const at = row % rowsPerBlock;
      block.ids[at] = id;
      block.ends[at] = expiresAtMs;
      block.scales[at] = scale;
      block.values.set(values, at * width);
    },
    remove(id) {
      const row = rows.get(id);
      if (row === undefined) return;
      rows.delete(id);
      // The last row takes its place, so that there are no gaps.
      const last = rows.size;
      if (row !== last) {
        const from = blockOf(last);
        moveRow(from, last % rowsPerBlock, blockOf(row), row % rowsPerBlock, width);
        rows.set(from.ids[last % rowsPerBlock] as number, row);
      }
      if (last % rowsPerBlock === 0) blocks.pop();
    },
    async nearest(vector, count, nowMs) {
      const best = bestOf(count);
      if (vector.length !== dimensions || count < 1) return best.inOrder;
      const aim = quantize(vector);
      for (let index = 0; index < blocks.length; index++) {
        if (index > 0 && index % blocksPerTurn === 0) await nextTurn();
        // Another search may have aimed elsewhere meanwhile.
        if (index % blocksPerTurn === 0) multiply.aim(aim.values, width);
        const block = blocks[index];
        const left = rows.size - index * rowsPerBlock;
        if (block && left > 0) searchBlock(block, Math.min(left, rowsPerBlock), aim.scale, nowMs, best);
      }
      return best.inOrder;
    },
  };
}

const emptyBlock = (rows: number, width: number): Block => ({
  ids: new Float64Array(rows),
  ends: new Float64Array(rows),
  scales: new Float32Array(rows),
  values: new Int8Array(rows * width),
});

function moveRow(from: Block, fromRow: number, to: Block, toRow: number, width: number): void {
  to.ids[toRow] = from.ids[fromRow] as number;
  to.ends[toRow] = from.ends[fromRow] as number;
  to.scales[toRow] = from.scales[fromRow] as number;
  to.values.set(from.values.subarray(fromRow * width, (fromRow + 1) * width), toRow * width);
}

type Best = ReturnType<typeof bestOf>;

/** The greatest of what is added, at most `count`, in order. */
function bestOf(count: number) {
  const inOrder: NearVector[] = [];
  return {
    inOrder,
    /** What is not greater has no place any more. */
    least: Number.NEGATIVE_INFINITY,
    add(id: number, cosine: number): void {
      let place = inOrder.length;
      while (place > 0 && (inOrder[place - 1] as NearVector).cosine < cosine) place--;
      inOrder.splice(place, 0, { id, cosine });
      if (inOrder.length > count) inOrder.pop();
      if (inOrder.length === count) this.least = (inOrder[count - 1] as NearVector).cosine;
    },
  };
}
