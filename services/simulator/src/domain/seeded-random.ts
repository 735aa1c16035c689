import { createHash } from "node:crypto";

/** Numbers that look random and follow from a seed alone. */
export interface SeededRandom {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from `lowest` to `highest`. */
  between(lowest: number, highest: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
}

/** The same seed gives the same numbers (mulberry32). */
export function seededRandom(seed: string): SeededRandom {
  let state = createHash("sha256").update(seed).digest().readUInt32LE(0);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (lowest: number, highest: number) => lowest + Math.floor(next() * (highest - lowest + 1));
  return { next, between, pick: <T>(list: readonly T[]) => list[between(0, list.length - 1)] as T };
}
