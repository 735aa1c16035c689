const two32 = 2 ** 32;
const highBits = 2 ** 21;

/** A hash of 53 bits as a whole number, so that it can be a Map's key. The seed, another such hash, chains several texts. */
export function hashText(text: string, seed = 0): number {
  let low = (seed % two32) ^ text.length;
  let high = Math.floor(seed / two32) ^ 0x9e3779b1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 15;
    high = Math.imul(high ^ unit, 0xc2b2ae35);
    high ^= high >>> 13;
  }
  return joined(low, high);
}

/** The same of numbers of 32 bits, from `start` to below `end`. */
export function hashWords(words: Uint16Array | Uint32Array, start: number, end: number, seed = 0): number {
  let low = (seed % two32) ^ (end - start);
  let high = Math.floor(seed / two32) ^ 0x9e3779b1;
  for (let index = start; index < end; index++) {
    const word = words[index] as number;
    low = Math.imul(low ^ word, 0x85ebca6b);
    low ^= low >>> 15;
    high = Math.imul(high ^ word, 0xc2b2ae35);
    high ^= high >>> 13;
  }
  return joined(low, high);
}

/** Mixes 32 bits so that each of them depends on every other. */
export function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function joined(low: number, high: number): number {
  return (mix(high ^ low) % highBits) * two32 + mix(low ^ Math.imul(high, 0x27d4eb2f));
}
