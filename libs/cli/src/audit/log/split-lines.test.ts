import { describe, expect, it } from "vitest";
import { splitLines } from "./split-lines.ts";

function split(text: string | Buffer, pieceLength: number, longestBytes = 1_000) {
  const lines: [number, string][] = [];
  const tooLong: number[] = [];
  const splitter = splitLines(
    { onLine: (line, number) => lines.push([number, line]), onTooLong: (number) => tooLong.push(number) },
    longestBytes,
  );
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += pieceLength) splitter.push(bytes.subarray(at, at + pieceLength));
  splitter.end();
  return { lines, tooLong };
}

describe("splitting lines", () => {
  it("finds the same lines however the bytes are cut, in the middle of a character too", () => {
    const text = "one\nzwölf 🙂\n\r\n\nlast";
    for (let length = 1; length <= 30; length++) {
      expect(split(text, length).lines).toEqual([
        [1, "one"],
        [2, "zwölf 🙂"],
        [5, "last"],
      ]);
    }
  });

  it("leaves out carriage returns and the mark that spreadsheets begin with", () => {
    expect(split("\uFEFFmodel\r\ngpt\r\n", 3).lines).toEqual([
      [1, "model"],
      [2, "gpt"],
    ]);
  });

  it("passes over a line that is too long without holding it, and keeps the count", () => {
    const { lines, tooLong } = split(`a\n${"x".repeat(50)}\nb\n${"y".repeat(50)}`, 7, 20);
    expect(lines).toEqual([
      [1, "a"],
      [3, "b"],
    ]);
    expect(tooLong).toEqual([2, 4]);
  });
});
