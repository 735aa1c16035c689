import { describe, expect, it } from "vitest";
import { createBloomFilter } from "./bloom-filter.ts";
import { createDistinctSample } from "./distinct-sample.ts";
import { hashText } from "./hash.ts";
import { createHeavyHitters } from "./heavy-hitters.ts";
import { createReservoir } from "./reservoir.ts";
import { seededRandom } from "./seeded-random.ts";

const hashes = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => hashText(`key ${index + from}`));

describe("the hash", () => {
  it("is a whole number of 53 bits, different for different texts, the same for the same", () => {
    const all = hashes(200_000);
    expect(new Set(all).size).toBe(200_000);
    expect(all.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
    expect(all.slice(0, 100)).toEqual(hashes(100));
  });

  it("spreads its low bits evenly", () => {
    const counts = new Array(16).fill(0);
    for (const hash of hashes(16_000)) counts[hash & 15]++;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(160);
  });

  it("chains texts: where one ends matters", () => {
    const chained = (...texts: string[]) => texts.reduce((chain, text) => hashText(text, chain), 0);
    expect(chained("ab", "c")).not.toBe(chained("a", "bc"));
    expect(chained("a", "b")).not.toBe(chained("b", "a"));
  });
});

describe("the Bloom filter", () => {
  it("never forgets, and is as often wrong as it says", () => {
    const filter = createBloomFilter(20);
    for (const hash of hashes(120_000)) filter.add(hash);
    expect(hashes(120_000).every((hash) => filter.add(hash))).toBe(true);
    const rate = filter.errorRate();
    expect(rate).toBeGreaterThan(0.005);
    const before = 10_000 * rate;
    const wrong = hashes(10_000, 1_000_000).filter((hash) => filter.add(hash)).length;
    expect(wrong).toBeGreaterThan(before * 0.5);
    expect(wrong).toBeLessThan(10_000 * filter.errorRate() * 1.5);
  });
});

describe("the heavy hitters", () => {
  it("counts exactly while there is room", () => {
    const heavy = createHeavyHitters(10);
    for (const text of ["a", "b", "a", "c", "a", "b"]) heavy.add(hashText(text), () => text);
    expect(heavy.top(3).map(({ text, count, error }) => [text, count, error])).toEqual([
      ["a", 3, 0],
      ["b", 2, 0],
      ["", 1, 0],
    ]);
  });

  it("keeps every frequent key among any number of others, and bounds the error of its count", () => {
    const heavy = createHeavyHitters(100);
    const truth = new Map<string, number>();
    const random = seededRandom(5);
    for (let index = 0; index < 50_000; index++) {
      const text = random() < 0.4 ? `frequent ${Math.floor(random() * 8)}` : `rare ${index}`;
      truth.set(text, (truth.get(text) ?? 0) + 1);
      heavy.add(hashText(text), () => text);
    }
    const top = heavy.top(8);
    expect(top.every(({ text }) => text.startsWith("frequent"))).toBe(true);
    for (const { text, count, error } of top) {
      expect(error).toBeLessThanOrEqual(50_000 / 100);
      expect(count).toBeLessThanOrEqual(truth.get(text) ?? 0);
      expect(count + error).toBeGreaterThanOrEqual(truth.get(text) ?? 0);
    }
  });
});

describe("the sample of different keys", () => {
  it("is exact while there is room", () => {
    const sample = createDistinctSample(100);
    // One key ten times and nine keys once: the top fifth is two keys with eleven of nineteen.
    for (const hash of [...hashes(10), ...Array(9).fill(hashes(1)[0])]) sample.add(hash);
    expect(sample.isExact()).toBe(true);
    expect(sample.distinct()).toBe(10);
    expect(sample.shareOfTop(0.2, [])).toBeCloseTo(11 / 19);
  });

  it("estimates the number of keys and the share of the top fifth among many", () => {
    const sample = createDistinctSample(4_000);
    const heavy = createHeavyHitters(2_000);
    let top = 0;
    let all = 0;
    for (let key = 0; key < 50_000; key++) {
      const times = key < 20 ? 2_000 : key < 10_000 ? 6 : 1;
      if (key < 10_000) top += times;
      all += times;
      const hash = hashText(`key ${key}`);
      for (let time = 0; time < times; time++) {
        sample.add(hash);
        heavy.add(hash, () => "");
      }
    }
    expect(sample.isExact()).toBe(false);
    expect(Math.abs(sample.distinct() - 50_000) / 50_000).toBeLessThan(0.07);
    expect(Math.abs(sample.shareOfTop(0.2, heavy.top(100)) - top / all)).toBeLessThan(0.04);
  });
});

describe("a key that is most of everything", () => {
  it.each(["a", "b", "c", "d", "e", "f"])("neither misses nor inflates the share of the top fifth (%s)", (giant) => {
    const sample = createDistinctSample(500);
    const heavy = createHeavyHitters(500);
    for (const hash of [...hashes(10_000), ...Array(10_000).fill(hashText(giant))]) {
      sample.add(hash);
      heavy.add(hash, () => "");
    }
    expect(Math.abs(sample.shareOfTop(0.2, heavy.top(100)) - 0.6)).toBeLessThan(0.03);
  });
});

describe("the reservoir", () => {
  it("keeps everything while there is room, and makes only what it keeps", () => {
    const reservoir = createReservoir<number>(5, seededRandom(1));
    let made = 0;
    for (let item = 0; item < 5; item++) reservoir.offer(() => item);
    expect(reservoir.items).toEqual([0, 1, 2, 3, 4]);
    for (let item = 5; item < 10_000; item++) reservoir.offer(() => ++made);
    expect(reservoir.items).toHaveLength(5);
    expect(made).toBeLessThan(100);
  });

  it("takes each item with the same chance", () => {
    const taken = new Array(10).fill(0);
    const random = seededRandom(3);
    for (let round = 0; round < 5_000; round++) {
      const reservoir = createReservoir<number>(2, random);
      for (let item = 0; item < 10; item++) reservoir.offer(() => item);
      for (const item of reservoir.items) taken[item]++;
    }
    for (const count of taken) expect(Math.abs(count - 1_000)).toBeLessThan(130);
  });
});
