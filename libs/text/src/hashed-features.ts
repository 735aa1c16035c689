/** Multipliers of the hash; any odd numbers with well mixed bits do. */
const step = 0x01000193;
const finish = 0x85ebca6b;

/** How features are gathered. */
export interface HashedFeaturesOptions {
  /** Hashes fall into 2^bits buckets; 8 to 24. */
  readonly bits: number;
  /**
   * The features that count, as one number per bucket: 0 for none, otherwise the feature's number plus 1. Absent: every
   * bucket is a feature of its own number.
   */
  readonly vocabulary?: Uint16Array | Uint32Array;
}

/**
 * Gathers hashed n-grams as a sparse vector. Made once and used again for text after text: the arrays are its own and hold
 * what was added since `clear`. Adding allocates nothing until a text has more features than any before.
 */
export interface HashedFeatures {
  /** Numbers of the features, each once; the first `size` count. */
  readonly ids: Int32Array;
  /** Their values; the first `size` count. */
  readonly values: Float32Array;
  readonly size: number;
  /** N-grams added since `clear`, whether the vocabulary has them or not. */
  readonly seen: number;
  /** Those of them that the vocabulary has. */
  readonly known: number;
  clear(): void;
  /** Adds `value` to the feature that a hash falls on. */
  add(hash: number, value: number): void;
  /** Adds 1 for every run of `shortest` to `longest` code units. Other seeds make other features of the same run. */
  addCharacters(codes: Uint16Array, start: number, end: number, shortest: number, longest: number, seed: number): void;
  /**
   * Adds 1 for every word and every pair of neighbours. A word is a run of letters and digits; any other character, and each
   * character of scripts written without blanks, is a word by itself. At most `most` words are read; returns how many were.
   */
  addWords(codes: Uint16Array, start: number, end: number, seed: number, most?: number): number;
  /** Damps the values from feature `from` on to their square roots and scales them to the Euclidean length `length`. */
  scale(from: number, length: number): void;
}

/** Hashes one more number into a hash. */
export const mixHash = (hash: number, next: number): number => Math.imul(hash ^ next, step);

/** A gatherer of hashed n-grams; see `HashedFeatures`. */
export function createHashedFeatures({ bits, vocabulary }: HashedFeaturesOptions): HashedFeatures {
  const shift = 32 - bits;
  // A sparse set: `slots` holds leftovers of earlier texts, which do not point back, so that nothing needs to be cleared.
  const slots = new Uint32Array(vocabulary ? largestOf(vocabulary) : 1 << bits);
  let ids = new Int32Array(1 << 12);
  let values = new Float32Array(1 << 12);
  let size = 0;
  let seen = 0;
  let known = 0;

  const add = (hash: number, value: number) => {
    seen++;
    const bucket = Math.imul(hash ^ (hash >>> 15), finish) >>> shift;
    if (!vocabulary) insert(bucket, value);
    else if (vocabulary[bucket] !== 0) insert((vocabulary[bucket] as number) - 1, value);
  };

  const insert = (id: number, value: number) => {
    known++;
    const slot = slots[id] as number;
    if (slot < size && ids[slot] === id) {
      values[slot] = (values[slot] as number) + value;
      return;
    }
    if (size === ids.length) grow();
    slots[id] = size;
    ids[size] = id;
    values[size] = value;
    size++;
  };

  const grow = () => {
    const [smallIds, smallValues] = [ids, values];
    ids = new Int32Array(2 * size);
    values = new Float32Array(2 * size);
    ids.set(smallIds);
    values.set(smallValues);
  };

  return {
    get ids() {
      return ids;
    },
    get values() {
      return values;
    },
    get size() {
      return size;
    },
    get seen() {
      return seen;
    },
    get known() {
      return known;
    },
    clear() {
      size = 0;
      seen = 0;
      known = 0;
    },
    add,
    addCharacters(codes, start, end, shortest, longest, seed) {
      for (let last = start + shortest - 1; last < end; last++) {
        let hash = seed;
        const first = Math.max(start, last - longest + 1);
        for (let index = last; index >= first; index--) {
          hash = Math.imul(hash ^ (codes[index] as number), step);
          // The length is mixed in so that a short run is not the beginning of a long one's hash.
          if (last - index + 1 >= shortest) add(hash + index - last, 1);
        }
      }
    },
    addWords(codes, start, end, seed, most = Number.POSITIVE_INFINITY) {
      let previous = seed;
      let count = 0;
      let index = start;
      while (index < end && count < most) {
        const code = codes[index] as number;
        index++;
        if (code === 32) continue;
        let hash = Math.imul(seed ^ code, step);
        if (isWordPart(code)) {
          while (index < end && isWordPart(codes[index] as number)) {
            hash = Math.imul(hash ^ (codes[index] as number), step);
            index++;
          }
        }
        add(hash, 1);
        add(Math.imul(Math.imul(previous, 31) ^ hash, step), 1);
        previous = hash;
        count++;
      }
      return count;
    },
    scale(from, length) {
      let squares = 0;
      for (let slot = from; slot < size; slot++) {
        const value = values[slot] as number;
        squares += value;
        values[slot] = Math.sqrt(value);
      }
      if (squares === 0) return;
      const factor = length / Math.sqrt(squares);
      for (let slot = from; slot < size; slot++) values[slot] = (values[slot] as number) * factor;
    },
  };
}

function largestOf(numbers: Uint16Array | Uint32Array): number {
  let largest = 0;
  for (const number of numbers) if (number > largest) largest = number;
  return largest;
}

/** Letters and digits of folded text, in scripts that are written with blanks between words. */
function isWordPart(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || code === 48 || code === 39;
  return (code >= 0xc0 && code < 0xe00) || (code >= 0x10a0 && code < 0x2000) || (code >= 0xac00 && code < 0xd7b0);
}
