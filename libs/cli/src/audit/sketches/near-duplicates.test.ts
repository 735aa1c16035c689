import { describe, expect, it } from "vitest";
import { createNormalText, normalise } from "./min-hash.ts";
import { createNearDuplicates } from "./near-duplicates.ts";
import { seededRandom } from "./seeded-random.ts";

const random = seededRandom(11);
const word = () =>
  Array.from({ length: 3 + Math.floor(random() * 6) }, () => String.fromCharCode(97 + random() * 26)).join("");
const words = (count: number) => Array.from({ length: count }, word);

function normal(text: string) {
  const into = createNormalText();
  normalise(text, into);
  return into;
}
const normalText = (text: string) => {
  const { units, length } = normal(text);
  return String.fromCharCode(...units.subarray(0, length));
};

/** Share of texts found to be like the one before, of which so many words out of 60 were changed. */
function found(changed: number): number {
  const near = createNearDuplicates(12);
  let count = 0;
  for (let round = 0; round < 300; round++) {
    const text = words(60);
    near.add(normal(text.join(" ")), 0);
    const places = new Set<number>();
    while (places.size < changed) places.add(Math.floor(random() * text.length));
    for (const place of places) text[place] = word();
    if (near.add(normal(text.join(" ")), 0)) count++;
  }
  return count / 300;
}

describe("near-duplicates", () => {
  it("does not see case, punctuation and spaces", () => {
    expect(normalText("  Hello,\n WORLD!  (7) ")).toBe("hello world 7");
    expect(normalText("Grüße, 世界")).toBe("grüße 世界");
    expect(normalText("?!")).toBe("");
  });

  it("finds a text again, whatever stands around its words", () => {
    const near = createNearDuplicates(10);
    expect(near.add(normal("Where is my parcel?"), 0)).toBe(false);
    expect(near.add(normal("where is my  PARCEL"), 0)).toBe(true);
    expect(near.add(normal(""), 0)).toBe(false);
    expect(near.add(normal("!"), 0)).toBe(true);
  });

  it("finds nearly every text of which a word in sixty was changed, and none of which a fifth was", () => {
    expect(found(1)).toBeGreaterThan(0.95);
    expect(found(12)).toBeLessThan(0.02);
  });

  it("takes unrelated texts for near-duplicates hardly ever, however many came before", () => {
    const near = createNearDuplicates(14);
    let taken = 0;
    for (let round = 0; round < 10_000; round++) if (near.add(normal(words(30).join(" ")), 0)) taken++;
    expect(taken).toBeLessThan(3);
  });

  it("keeps contexts apart", () => {
    const near = createNearDuplicates(10);
    near.add(normal("the same question as ever"), 1);
    expect(near.add(normal("the same question as ever"), 2)).toBe(false);
  });

  it("says when it has begun to forget, and repeats do not make it forget", () => {
    const near = createNearDuplicates(4);
    for (let round = 0; round < 100; round++) near.add(normal("again and again"), 0);
    expect(near.hasForgotten()).toBe(false);
    for (let round = 0; round < 100; round++) near.add(normal(words(10).join(" ")), 0);
    expect(near.hasForgotten()).toBe(true);
  });

  it("looks at the beginning and the end of a text of any length", () => {
    expect(normal("long ".repeat(100_000)).length).toBeLessThanOrEqual(8_192);
    const near = createNearDuplicates(10);
    const long = words(5_000);
    near.add(normal(long.join(" ")), 0);
    expect(near.add(normal([...long.slice(0, 2_500), "changed", ...long.slice(2_500)].join(" ")), 0)).toBe(true);
  });
});
