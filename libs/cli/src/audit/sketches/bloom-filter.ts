import { mix } from "./hash.ts";

/** Remembers hashes in constant memory: never forgets one, but may take a new one for known. */
export interface BloomFilter {
  /** Adds a hash of 53 bits and says whether it seems to have been there. */
  add(hash: number): boolean;
  /** Chance (0 to 1) that a new hash is taken for known, as full as the filter is now. */
  errorRate(): number;
}

const probes = 6;

/** A filter of `2 ** bitsLog2` bits (20 to 32): 27 take 16 MiB and hold ten million hashes at an error rate of 0.3%. */
export function createBloomFilter(bitsLog2: number): BloomFilter {
  const bits = 2 ** bitsLog2;
  const words = new Uint32Array(bits / 32);
  let set = 0;
  return {
    add(hash) {
      let place = hash % 2 ** 32;
      const step = mix(Math.floor(hash / 2 ** 32) ^ place) | 1;
      let wasThere = true;
      for (let probe = 0; probe < probes; probe++) {
        const bit = (place >>> 0) % bits;
        const mask = 1 << (bit & 31);
        const word = words[bit >>> 5] as number;
        if ((word & mask) === 0) {
          words[bit >>> 5] = word | mask;
          set++;
          wasThere = false;
        }
        place = (place + step) | 0;
      }
      return wasThere;
    },
    errorRate: () => (set / bits) ** probes,
  };
}
