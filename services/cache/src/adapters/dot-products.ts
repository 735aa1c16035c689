/**
 * Dot products of one vector with many, in bytes: a loop in WebAssembly, because it reaches the processor's vector instructions
 * and JavaScript does not (ten times slower). It is written here instruction by instruction; no compiler is needed for it.
 */
export interface DotProducts {
  /** How many rows of `width` values one call takes. `width` is a multiple of {@link lane}, at most {@link mostValues}. */
  rowsAtOnce(width: number): number;
  /** Sets the vector that rows are multiplied with; good until the next is set. Values behind its end count as 0. */
  aim(vector: Int8Array, width: number): void;
  /** The products of the first `count` rows, good until the next call. */
  of(rows: Int8Array, count: number, width: number): Int32Array;
}

/** Values that are multiplied at once. */
export const lane = 16;

/** Values of a vector at most: more could overflow a sum. */
export const mostValues = 16_384;

const pageBytes = 65_536;
/** Rows are copied to where the loop reads, as many as the processor's cache holds: hardly slower than in place. */
const rowBytes = 2 * pageBytes;
const place = { aim: 0, rows: pageBytes, products: pageBytes + rowBytes } as const;
const pages = Math.ceil((place.products + (4 * rowBytes) / lane) / pageBytes);

/** What this needs of the global that Node's types leave to the browser's. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: { readonly loop: Loop } };
};

type Loop = (rows: number, count: number, width: number, aim: number, products: number) => void;

/** Starts one; every later call on it is synchronous. */
export function dotProducts(): DotProducts {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { loop } = new WebAssembly.Instance(new WebAssembly.Module(program()), { env: { memory } }).exports;
  const aimed = new Int16Array(memory.buffer, place.aim, mostValues);
  const values = new Int8Array(memory.buffer, place.rows, rowBytes);
  const products = new Int32Array(memory.buffer, place.products, rowBytes / lane);
  return {
    rowsAtOnce: (width) => Math.floor(rowBytes / width),
    aim(vector, width) {
      aimed.set(vector);
      aimed.fill(0, vector.length, width);
    },
    of(rows, count, width) {
      values.set(count * width === rows.length ? rows : rows.subarray(0, count * width));
      loop(place.rows, count, width, place.aim, place.products);
      return products;
    },
  };
}

/** The module: `loop(rows, count, width, aim, products)`, addresses in bytes, on the memory `env.memory`. */
function program(): Uint8Array<ArrayBuffer> {
  const [i32, v128] = [0x7f, 0x7b];
  const [row, count, width, aim, product, rowEnd, factor, sum] = [0, 1, 2, 3, 4, 5, 6, 7];
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const tee = (local: number) => [0x22, local];
  const constant = (value: number) => [0x41, value];
  const [loop, end, repeatIf, add, subtract, isBelow] = [[0x03, 0x40], [0x0b], [0x0d, 0x00], [0x6a], [0x6b], [0x49]];
  const store = [0x36, 2, 0];
  const vector = (operation: number, ...operands: number[]) => [0xfd, ...leb(operation), ...operands];
  const zeros = vector(0x0c, ...new Array(16).fill(0));
  const eightBytes = (at: number) => vector(0x01, 0, at);
  const eightWords = (at: number) => vector(0x00, 0, at);
  const [multiplyPairs, addLanes] = [vector(0xba), vector(0xae)];
  const laneOf = (index: number) => vector(0x1b, index);
  const advance = (local: number, by: number) => [...get(local), ...constant(by), ...add, ...set(local)];

  const sixteenValues = [
    ...[...get(row), ...eightBytes(0), ...get(factor), ...eightWords(0), ...multiplyPairs],
    ...[...get(row), ...eightBytes(8), ...get(factor), ...eightWords(16), ...multiplyPairs],
    ...[...addLanes, ...get(sum), ...addLanes, ...set(sum)],
    ...[...advance(factor, 2 * lane), ...advance(row, lane)],
  ];
  const sumOfLanes = [
    ...[...get(sum), ...laneOf(0), ...get(sum), ...laneOf(1), ...add],
    ...[...get(sum), ...laneOf(2), ...add, ...get(sum), ...laneOf(3), ...add],
  ];
  const body = [
    ...loop,
    ...[...get(row), ...get(width), ...add, ...set(rowEnd), ...get(aim), ...set(factor), ...zeros, ...set(sum)],
    ...[...loop, ...sixteenValues, ...get(row), ...get(rowEnd), ...isBelow, ...repeatIf, ...end],
    ...[...get(product), ...sumOfLanes, ...store, ...advance(product, 4)],
    ...[...get(count), ...constant(1), ...subtract, ...tee(count), ...repeatIf],
    ...[...end, ...end],
  ];
  const locals = [
    [2, i32],
    [1, v128],
  ];
  const code = [...list(locals), ...body];
  return Uint8Array.from([
    ...[0x00, ...text("asm").slice(1), 1, 0, 0, 0],
    ...section(1, list([[0x60, ...list([[i32], [i32], [i32], [i32], [i32]]), 0]])),
    ...section(2, list([[...text("env"), ...text("memory"), 2, 1, ...leb(pages), ...leb(pages)]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...text("loop"), 0, 0]])),
    ...section(10, list([[...leb(code.length), ...code]])),
  ]);
}

/** A number as WebAssembly writes it. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const list = (items: readonly (readonly number[])[]) => [...leb(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content];
const text = (value: string) => [value.length, ...Buffer.from(value)];
