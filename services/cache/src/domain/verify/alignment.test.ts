import { describe, expect, it } from "vitest";
import { align, isOneEditApart } from "./alignment.ts";
import { preparePrompt } from "./prepared-prompt.ts";
import { readRelations } from "./word-relations.ts";

const seen = new Set(["marin", "martin", "card"]);
const prepare = (text: string) => preparePrompt(text, (stem) => (seen.has(stem) ? 0.5 : 1));
const restOf = (a: string, b: string) => {
  const { onlyA, onlyB } = align(prepare(a), prepare(b));
  return [onlyA.map(({ root }) => root), onlyB.map(({ root }) => root)];
};

describe("the alignment of two prompts", () => {
  it("pairs words, their forms and synonyms, and keeps what is left over", () => {
    expect(restOf("buying a red card", "where can I purchase green cards")).toEqual([["red"], ["green"]]);
  });

  it("counts what it paired by synonyms and by slips of the pen", () => {
    expect(align(prepare("purchase a wardrobe"), prepare("buy a wadrobe"))).toMatchObject({ synonyms: 1, slips: 1 });
  });

  it("takes two known words, or two names, for no slip", () => {
    expect(restOf("the martin", "the marin")).toEqual([["martin"], ["marin"]]);
    expect(restOf("ask Jonson about it", "ask Jonsen about it")).toEqual([["jonson"], ["jonsen"]]);
  });

  it("pairs what is derived, near, or spelt out", () => {
    expect(restOf("who composed it", "who is its composer")).toEqual([[], []]);
    expect(restOf("define KPI", "define key performance indicator")).toEqual([[], []]);
    const relations = readRelations({ near: ["ardor zeal"], far: ["gloom zeal"] });
    expect(align(prepare("the ardor"), prepare("the zeal"), relations)).toMatchObject({ near: 1, onlyA: [], far: 0 });
    expect(align(prepare("the gloom"), prepare("the zeal"), relations)).toMatchObject({ near: 0, far: 1 });
  });

  it("asks nothing more of a word that one side repeats", () => {
    expect(restOf("card card card", "card")).toEqual([[], []]);
  });
});

describe("one edit", () => {
  it.each([
    ["account", "acount"],
    ["account", "acocunt"],
    ["account", "accouns"],
    ["same", "same"],
  ])("is between %s and %s at most", (a, b) => {
    expect(isOneEditApart(a, b)).toBe(true);
    expect(isOneEditApart(b, a)).toBe(true);
  });

  it("is less than two", () => {
    expect(isOneEditApart("account", "acunt")).toBe(false);
    expect(isOneEditApart("abcd", "badc")).toBe(false);
  });
});
