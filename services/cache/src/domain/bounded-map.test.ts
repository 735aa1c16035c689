import { describe, expect, it } from "vitest";
import { boundedMap } from "./bounded-map.ts";

describe("a bounded map", () => {
  it("makes what it does not know, once", () => {
    const map = boundedMap<string>(10, (key) => key.length);
    let made = 0;
    const get = (key: string) => map.getOrMake(key, () => `${key}${++made}`);
    expect([get("a"), get("b"), get("a")]).toEqual(["a1", "b2", "a1"]);
  });

  it("forgets what was used longest ago", () => {
    const map = boundedMap<number>(3, (key) => key.length);
    for (const key of ["a", "b", "c", "a", "d"]) map.getOrMake(key, () => 1);
    expect(map.size).toBe(3);
    expect(map.getOrMake("a", () => 2)).toBe(1);
    expect(map.getOrMake("b", () => 2)).toBe(2);
  });

  it("keeps the last one, whatever it weighs", () => {
    const map = boundedMap<number>(3, (key) => key.length);
    for (const key of ["a", "too heavy"]) map.getOrMake(key, () => 1);
    expect(map.size).toBe(1);
    expect(map.getOrMake("too heavy", () => 2)).toBe(1);
  });
});
