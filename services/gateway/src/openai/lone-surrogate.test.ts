import { describe, expect, it } from "vitest";
import { loneSurrogate } from "./lone-surrogate.ts";

const found = (text: string) => loneSurrogate(text, JSON.parse(text));

describe("half a surrogate pair", () => {
  it("is found in a string and in a field name, wherever it stands", () => {
    expect(found('{"messages":[{"content":"a"},{"content":"\\ud83d"}]}')).toBe("messages[1].content");
    expect(found('{"a":{"b\\uDC00":1}}')).toBe("a.b\ufffd");
  });

  it("is not seen in whole pairs, nor in escaped backslashes", () => {
    expect(found('{"a":"\\ud83d\\ude00"}')).toBeUndefined();
    expect(found('{"a":"\\\\ud83d"}')).toBeUndefined();
    expect(found('{"a":"😀"}')).toBeUndefined();
  });

  it("is looked for at any depth", () => {
    const depth = 100_000;
    expect(found(`${"[".repeat(depth)}"\\ud800"${"]".repeat(depth)}`)).toContain("[0][0]");
  });
});
