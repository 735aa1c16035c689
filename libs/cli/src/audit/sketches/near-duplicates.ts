import { hashWords, mix } from "./hash.ts";
import { minHash, type NormalText } from "./min-hash.ts";

/** Tells whether a text is much like one that came before, in constant memory. */
export interface NearDuplicates {
  /** Whether a like text came before in the same context (a hash); remembers this one. */
  add(text: NormalText, context: number): boolean;
  /** Whether more different texts came than are remembered, so that likeness to the oldest went unseen. */
  hasForgotten(): boolean;
}

const bandCount = 10;
const rowsPerBand = 6;
const places = bandCount * rowsPerBand;
/** Likeness (Jaccard, of shingles) from which on two texts are near-duplicates. */
export const nearLikeness = 0.8;

/**
 * Remembers the last `2 ** capacityLog2` different texts by their MinHash, 100 bytes each. A text is compared with those that share
 * one of ten bands of six places with it, one for each band, and likeness is estimated from all sixty places to within 0.05 or so.
 */
export function createNearDuplicates(capacityLog2: number): NearDuplicates {
  const capacity = 2 ** capacityLog2;
  // One byte of each MinHash: chance makes one place in 256 agree.
  const remembered = new Uint8Array(capacity * places);
  // By band and hash of the band: which text had it last, from 1.
  const lastWith = new Uint32Array(bandCount * capacity);
  const signature = new Uint32Array(places);
  const slots = new Uint32Array(bandCount);
  let texts = 0;

  const findSlots = (context: number) => {
    for (let band = 0; band < bandCount; band++) {
      const hash = hashWords(signature, band * rowsPerBand, (band + 1) * rowsPerBand, context);
      slots[band] = band * capacity + (mix(hash | 0) % capacity);
    }
  };
  const likeness = (other: number) => {
    const start = (other - 1) * places;
    let same = 0;
    for (let place = 0; place < places; place++) {
      if (remembered[start + place] === ((signature[place] as number) & 0xff)) same++;
    }
    return same / places;
  };
  const mostLike = () => {
    let most = 0;
    let compared = 0;
    for (const slot of slots) {
      const other = lastWith[slot] as number;
      if (other === 0 || other === compared) continue;
      compared = other;
      most = Math.max(most, likeness(other));
      if (most === 1) return most;
    }
    return most;
  };
  const remember = () => {
    const index = texts++ % capacity;
    for (let place = 0; place < places; place++) remembered[index * places + place] = signature[place] as number;
    for (const slot of slots) lastWith[slot] = index + 1;
  };

  return {
    add(text, context) {
      minHash(text, signature);
      findSlots(context);
      const most = mostLike();
      if (most < 1) remember();
      return most >= nearLikeness;
    },
    hasForgotten: () => texts > capacity,
  };
}
