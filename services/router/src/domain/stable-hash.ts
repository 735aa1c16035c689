/** Hashes text into 32 bits, from a seed on (FNV-1a over UTF-16 code units). */
export function hashOf(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** Spreads a hash evenly over 32 bits (the finish of MurmurHash3). */
export function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A number above 0 and below 1 that is the same for the same text, wherever and whenever it is asked for. */
export const drawOf = (text: string): number => (mixed(hashOf(text)) + 0.5) / 2 ** 32;
