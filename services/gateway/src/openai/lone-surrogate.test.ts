import { describe, expect, it, vi } from "vitest";
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

  it("is named by the first place that it stands at, whatever stands before it", () => {
    const text = '{"a":[1,null,true,{},[],{"b":["x",{"c":2},"\\ud83d"]}],"__proto__":"\\ud83d","d":"\\ud83d"}';
    expect(found(text)).toBe("a[5].b[2]");
    expect(found('{"a":[[],{}],"__proto__":{"b":"\\ud83d"}}')).toBe("__proto__.b");
    expect(found('"\\ud83d"')).toBe("");
    expect(found("null")).toBeUndefined();
  });

  it("costs something for each list and object on the way, nothing for each number in them", () => {
    const numbers = `[${Array(10_000).fill(0).join()}]`;
    const text = `{"emoji":"\\ud83d\\ude00","a":${numbers},"b":[${numbers},"\\ud83d",${numbers}]}`;
    const value = JSON.parse(text);
    const pushed = vi.spyOn(Array.prototype, "push");
    const path = loneSurrogate(text, value);
    const pushes = pushed.mock.calls.length;
    pushed.mockRestore();
    expect(path).toBe("b[1]");
    expect(pushes).toBeLessThan(10);
  });

  it("is looked for at any depth", () => {
    const depth = 100_000;
    expect(found(`${"[".repeat(depth)}"\\ud800"${"]".repeat(depth)}`)).toContain("[0][0]");
  });
});
