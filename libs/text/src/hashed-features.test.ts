import { describe, expect, it } from "vitest";
import { foldCharacters } from "./fold-characters.ts";
import { createHashedFeatures, type HashedFeatures, mixHash } from "./hashed-features.ts";

const codesOf = (text: string) => {
  const codes = new Uint16Array(4_096);
  return { codes, end: foldCharacters(text, 0, text.length, codes) };
};
const valuesOf = ({ ids, values, size }: HashedFeatures) =>
  new Map(Array.from(ids.subarray(0, size), (id, slot) => [id, values[slot] as number]));
const wordsOf = (text: string) => {
  const features = createHashedFeatures({ bits: 18 });
  const { codes, end } = codesOf(text);
  features.addWords(codes, 0, end, 7);
  return features;
};

describe("folding", () => {
  it("makes letters small, digits one and blanks one", () => {
    const { codes, end } = codesOf("  Ab1\n\t7 ÄΩЖЁ ");
    expect(String.fromCharCode(...codes.subarray(0, end))).toBe("ab0 0 äωжё ");
  });

  it("stops where there is no more room", () => {
    expect(foldCharacters("abcdef", 0, 6, new Uint16Array(4))).toBe(4);
  });
});

describe("hashed features", () => {
  it("are the same for the same text, whatever was read before", () => {
    const features = createHashedFeatures({ bits: 18 });
    const { codes, end } = codesOf("the pump failed twice, the spare is in Oslo");
    features.addCharacters(codes, 0, end, 3, 5, 7);
    const first = valuesOf(features);
    features.clear();
    features.addWords(codes, 0, 10, 3);
    features.clear();
    features.addCharacters(codes, 0, end, 3, 5, 7);
    expect(valuesOf(features)).toEqual(first);
  });

  it("count words and pairs of neighbours", () => {
    const features = wordsOf("a b a b");
    // a, b, "start a", "a b", "b a"
    expect(features.size).toBe(5);
    expect([...valuesOf(features).values()].sort()).toEqual([1, 1, 2, 2, 2]);
    expect(features.seen).toBe(8);
  });

  it("take each character of scripts without blanks for a word", () => {
    expect(wordsOf("会議").seen).toBe(4);
    expect(wordsOf("заседание").seen).toBe(2);
  });

  it("have every run of the wanted lengths", () => {
    const features = createHashedFeatures({ bits: 18 });
    const { codes, end } = codesOf("abcdef");
    features.addCharacters(codes, 0, end, 3, 4, 1);
    // abc bcd cde def, abcd bcde cdef
    expect(features.seen).toBe(7);
    expect(features.size).toBe(7);
  });

  it("differ by seed", () => {
    const features = createHashedFeatures({ bits: 18 });
    const { codes, end } = codesOf("word");
    features.addWords(codes, 0, end, 1);
    features.addWords(codes, 0, end, 2);
    expect(features.size).toBe(4);
  });

  it("leave out what the vocabulary does not have, and tell how much that was", () => {
    const whole = wordsOf("alpha beta");
    const vocabulary = new Uint16Array(1 << 18);
    vocabulary[whole.ids[0] as number] = 1;
    const features = createHashedFeatures({ bits: 18, vocabulary });
    const { codes, end } = codesOf("alpha beta");
    features.addWords(codes, 0, end, 7);
    expect(valuesOf(features)).toEqual(new Map([[0, 1]]));
    expect([features.seen, features.known]).toEqual([4, 1]);
  });

  it("scale a part to a length, damped", () => {
    const features = createHashedFeatures({ bits: 18 });
    features.add(mixHash(1, 2), 5);
    const from = features.size;
    features.add(mixHash(1, 3), 9);
    features.add(mixHash(1, 4), 16);
    features.scale(from, 2);
    const [kept, nine, sixteen] = features.values;
    expect(kept).toBe(5);
    expect(nine).toBeCloseTo(1.2);
    expect(sixteen).toBeCloseTo(1.6);
  });

  it("grow with a text of more features than any before", () => {
    const features = createHashedFeatures({ bits: 20 });
    for (let index = 0; index < 10_000; index++) features.add(Math.imul(index + 1, 0x9e3779b1), 1);
    expect(features.size).toBeGreaterThan(9_800);
    expect(features.values[features.size - 1]).toBe(1);
  });
});
