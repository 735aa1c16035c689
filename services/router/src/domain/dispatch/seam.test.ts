import { describe, expect, it } from "vitest";
import { seeded } from "../../testing/seeded.ts";
import { createSeam } from "./seam.ts";

const joinedBy = (before: string, pieces: readonly string[], isOwnTurn: boolean) => {
  const seam = createSeam(before, isOwnTurn);
  return before + pieces.map((piece) => seam.push(piece)).join("") + seam.end();
};

describe("a seam behind a turn of the model's own", () => {
  it.each([
    ["The river turns", "the wheels.", "The river turns the wheels."],
    ["The river turns ", "the wheels.", "The river turns the wheels."],
    ["The river turns", " the wheels.", "The river turns the wheels."],
    ["The river turns.", "The wheels turn.", "The river turns. The wheels turn."],
    ["The river turns", ", and so do the wheels.", "The river turns, and so do the wheels."],
    ["Pi is 3.", "14.", "Pi is 3.14."],
    ["It costs 12", "000 euros.", "It costs 12000 euros."],
    ["response.", "json()", "response.json()"],
    ["河流转动", "磨坊的轮子。", "河流转动磨坊的轮子。"],
    ["The mills of the old hills", "the old hills turn.", "The mills of the old hills turn."],
  ])("joins %j and %j", (before, after, whole) => {
    expect(joinedBy(before, [after], true)).toBe(whole);
    expect(joinedBy(before, [...after], true)).toBe(whole);
  });
});

describe("a seam in the middle of one turn", () => {
  it("adds nothing: the model writes its own spaces", () => {
    expect(joinedBy("The river tu", ["rns", " the wheels."], false)).toBe("The river turns the wheels.");
  });

  it.each([
    ["one space", "The river ", " turns", "The river turns"],
    ["an indentation behind a line break", "def f():\n", "\n    return 1", "def f():\n    return 1"],
    ["a line break behind a space", "First. ", "\n\nSecond.", "First. \n\nSecond."],
    ["a space behind a line break", "First\n", " second", "First\nsecond"],
    ["whitespace behind a repetition", "over the hills and ", "the hills and away", "over the hills and away"],
  ])("does not double %s", (_, before, after, whole) => {
    expect(joinedBy(before, [after], false)).toBe(whole);
  });

  it("keeps a repetition that is short enough to be chance", () => {
    expect(joinedBy("It is so so", [" so", " good"], false)).toBe("It is so so so good");
    expect(joinedBy("to and fro", [" fro and to"], false)).toBe("to and fro fro and to");
  });

  it("keeps what is shorter than what it looks at until the end", () => {
    const seam = createSeam("The river ", false);
    expect(seam.push("turns")).toBe("");
    expect(seam.end()).toBe("turns");
    expect(seam.end()).toBe("");
    expect(seam.push(" on")).toBe(" on");
  });
});

describe("a seam, whatever the sizes of the pieces", () => {
  it("joins the same text in the same way", () => {
    const random = seeded(7);
    const words = ["a", " ", "\n", "  ", "river", "the hills and the mills", "turns", ".", "😀", "    "];
    const text = (length: number) => Array.from({ length }, () => words[Math.floor(random() * words.length)]).join("");
    for (let round = 0; round < 2_000; round++) {
      const before = text(1 + Math.floor(random() * 12));
      const repeated = random() < 0.5 ? before.slice(-Math.floor(random() * 80)) : "";
      const after = text(Math.floor(random() * 3)) + repeated + text(Math.floor(random() * 30));
      const isOwnTurn = random() < 0.5;
      const pieces: string[] = [];
      for (let from = 0; from < after.length; ) {
        const to = from + 1 + Math.floor(random() * 20);
        pieces.push(after.slice(from, to));
        from = to;
      }
      const whole = joinedBy(before, [after], isOwnTurn);
      expect(joinedBy(before, pieces, isOwnTurn)).toBe(whole);
      expect(joinedBy(before, [...after], isOwnTurn)).toBe(whole);
      expect(whole.startsWith(before)).toBe(true);
      expect(whole.trimEnd().endsWith(after.trim().slice(-1))).toBe(true);
    }
  });
});
