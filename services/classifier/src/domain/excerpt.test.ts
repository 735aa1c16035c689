import { describe, expect, it } from "vitest";
import { excerpt } from "./excerpt.ts";

describe("the excerpt", () => {
  it("is the text itself up to 20 KiB", () => {
    const text = "x".repeat(20 * 1024);
    expect(excerpt(text)).toBe(text);
  });

  it("is the first 16 KiB and the last 4 KiB of a longer text", () => {
    const text = `${"a".repeat(16 * 1024)}${"b".repeat(5_000)}${"c".repeat(4 * 1024)}`;
    expect(excerpt(text)).toBe(`${"a".repeat(16 * 1024)}\n\n${"c".repeat(4 * 1024)}`);
  });

  it("counts bytes of UTF-8, not characters", () => {
    const [head = "", tail = ""] = excerpt("字".repeat(20_000)).split("\n\n");
    expect(Buffer.byteLength(head)).toBe(Math.floor((16 * 1024) / 3) * 3);
    expect(Buffer.byteLength(tail)).toBe(Math.floor((4 * 1024) / 3) * 3);
  });

  it("cuts no character in two", () => {
    for (const shift of ["", "a", "ab", "abc"]) {
      expect(excerpt(shift + "🙂".repeat(10_000)).isWellFormed(), shift).toBe(true);
      expect(excerpt("🙂".repeat(10_000) + shift).isWellFormed(), shift).toBe(true);
    }
  });
});
