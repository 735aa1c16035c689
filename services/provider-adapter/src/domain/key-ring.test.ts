import { describe, expect, it } from "vitest";
import { createKeyRing } from "./key-ring.ts";

describe("a key ring", () => {
  it("begins with the next key every time", () => {
    const ring = createKeyRing(["a", "b", "c"]);
    const firsts = Array.from({ length: 4 }, () => ring.inTurn(0)[0]);
    expect(firsts).toEqual(["a", "b", "c", "a"]);
  });

  it("offers every other key after the first", () => {
    const ring = createKeyRing(["a", "b", "c"]);
    ring.inTurn(0);
    expect(ring.inTurn(0)).toEqual(["b", "c", "a"]);
  });

  it("keeps a refused key for last, for a minute", () => {
    const ring = createKeyRing(["a", "b"]);
    ring.refused("a", 0);
    expect(ring.inTurn(59_999)).toEqual(["b", "a"]);
    expect(ring.inTurn(59_999)).toEqual(["b", "a"]);
    expect(ring.inTurn(60_000)).toEqual(["a", "b"]);
  });

  it("still offers the only key after it was refused", () => {
    const ring = createKeyRing(["a"]);
    ring.refused("a", 0);
    expect(ring.inTurn(1)).toEqual(["a"]);
  });
});
