import { describe, expect, it } from "vitest";
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
});
