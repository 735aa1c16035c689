import { mix } from "./hash.ts";

/** Code units that make up a shingle. */
const shingleLength = 6;
const base = 0x01000193;
const baseToTheLength = Array.from({ length: shingleLength }, () => base).reduce(
  (power, by) => Math.imul(power, by),
  1,
);
const empty = 0x7fffffff;

/** A text without what does not matter for likeness, in a buffer that is used again for the next. */
export interface NormalText {
  readonly units: Uint16Array;
  length: number;
}

/** Longest text that is looked at, in code units; of a longer one, the beginning and the last quarter of that. */
const longest = 8_192;
const tail = longest / 4;

export const createNormalText = (): NormalText => ({ units: new Uint16Array(longest), length: 0 });

/** Puts a text into the buffer in small letters (of ASCII), with one space for everything between words and numbers. */
export function normalise(text: string, into: NormalText): void {
  into.length = 0;
  if (text.length <= longest) appendUnits(text, 0, text.length, into);
  else {
    appendUnits(text, 0, longest - tail, into);
    appendUnits(text, text.length - tail, text.length, into);
  }
  if (into.length > 0 && into.units[into.length - 1] === 32) into.length--;
}

function appendUnits(text: string, start: number, end: number, into: NormalText): void {
  let { length } = into;
  let isApart = length === 0 || into.units[length - 1] === 32;
  for (let index = start; index < end; index++) {
    let unit = text.charCodeAt(index);
    if (unit < 128) {
      if (unit >= 65 && unit <= 90) unit += 32;
      else if (!((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57))) unit = 32;
    }
    if (unit === 32 && isApart) continue;
    isApart = unit === 32;
    into.units[length++] = unit;
  }
  into.length = length;
}

/**
 * A MinHash signature by one permutation: each shingle falls into one place, which keeps the smallest hash; an empty place takes
 * that of another. The share of places that agree between two texts estimates the Jaccard likeness of their shingles. A signature
 * has at most 256 places.
 */
export function minHash({ units, length }: NormalText, signature: Uint32Array): void {
  signature.fill(empty);
  const size = signature.length;
  let rolling = 0;
  for (let index = 0; index < length; index++) {
    rolling = Math.imul(rolling, base) + (units[index] as number);
    if (index >= shingleLength) rolling -= Math.imul(units[index - shingleLength] as number, baseToTheLength);
    if (index < shingleLength - 1 && index < length - 1) continue;
    let hash = Math.imul(rolling ^ (rolling >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    hash ^= hash >>> 15;
    // Whole numbers below 2 ** 31 throughout, which is several times as fast.
    const place = ((hash >>> 16) * size) >>> 16;
    const value = hash & 0x3fffffff;
    if (value < (signature[place] as number)) signature[place] = value;
  }
  if (signature.includes(empty)) fillEmpty(signature);
}

/** The place that an empty one copies depends on nothing but its number, so that like texts stay alike. */
function fillEmpty(signature: Uint32Array): void {
  const given = signature.slice();
  if (given.every((value) => value === empty)) return;
  for (let place = 0; place < given.length; place++) {
    for (let attempt = 1; signature[place] === empty; attempt++) {
      signature[place] = given[mix(place * 1_009 + attempt) % given.length] as number;
    }
  }
}
