import { describe, expect, it } from "vitest";
import { draw } from "./grammar.ts";
import { ownPrompts } from "./own-prompts.ts";

describe("the project's own prompts", () => {
  it("are the same for a seed, as many of each task, and none twice", () => {
    const prompts = ownPrompts(40, 3);
    expect(ownPrompts(40, 3)).toEqual(prompts);
    expect(new Set(prompts.map(({ system, text }) => `${system}\n${text}`)).size).toBe(prompts.length);
    const counts = Map.groupBy(prompts, ({ task }) => task);
    expect([...counts.values()].map((ofTask) => ofTask.length)).toEqual(Array.from({ length: 8 }, () => 40));
  });

  it("leave no name of a list unfilled", () => {
    const names =
      /\{(?:topic|text|person|language|genre|code|block|tone|small|big|sentence|planning|ideation|character|claimed|given|correct|reword)\}/;
    expect(ownPrompts(300, 5).filter(({ text, system }) => names.test(text) || names.test(system ?? ""))).toEqual([]);
  });
});

describe("a pattern", () => {
  it("draws one alternative and fills names", () => {
    const drawn = draw("[go|run] to {place}", { place: ["Oslo"] }, () => 0);
    expect(drawn).toBe("go to Oslo");
  });

  it("leaves code and JSON as they are", () => {
    expect(draw('a[0] = {"k": [1, 2]}', {}, () => 0)).toBe('a[0] = {"k": [1, 2]}');
  });

  it("refuses a name that has no list", () => {
    expect(() => draw("{nowhere}", {}, () => 0)).toThrow("nowhere");
  });
});
